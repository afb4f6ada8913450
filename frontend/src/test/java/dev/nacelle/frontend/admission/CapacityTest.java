package dev.nacelle.frontend.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CapacityTest {
    private final Capacity capacity = new Capacity(new AdmissionConfig(2, 2, Duration.ofSeconds(10), 0));
    private final AdmissionControl control = new AdmissionControl(capacity, new Budget(() -> 0));

    private static final class Guest implements Capacity.Applicant {
        private final List<Object> answers = new ArrayList<>();

        @Override
        public void admitted(Capacity.Place place) {
            answers.add(place);
        }

        @Override
        public void refused(Capacity.Refusal why) {
            answers.add(why);
        }

        Object answer() {
            assertThat(answers).hasSize(1);
            return answers.getFirst();
        }

        void leave() {
            ((Capacity.Place) answer()).close();
        }
    }

    private Guest ask() {
        var guest = new Guest();
        capacity.ask(guest, true);
        return guest;
    }

    @Test
    void placesGoToThoseWhoWaitInTheirOrder() {
        var first = ask();
        var second = ask();
        var third = ask();
        var fourth = ask();
        assertThat(ask().answer()).isEqualTo(Capacity.Refusal.FULL);
        first.leave();
        first.leave();
        assertThat(third.answers).hasSize(1);
        assertThat(fourth.answers).isEmpty();
        second.leave();
        third.leave();
        fourth.leave();
        assertThat(capacity.taken()).isZero();
    }

    @Test
    void whoeverWithdrawsGetsNoAnswer() {
        ask();
        var second = ask();
        var third = ask();
        assertThat(capacity.withdraw(third)).isTrue();
        assertThat(capacity.withdraw(third)).isFalse();
        second.leave();
        assertThat(third.answers).isEmpty();
        assertThat(capacity.taken()).isEqualTo(1);
    }

    @Test
    void shuttingRefusesWhoeverWaitsAndComes() {
        var first = ask();
        ask();
        var third = ask();
        capacity.shut();
        assertThat(third.answer()).isEqualTo(Capacity.Refusal.SHUT);
        assertThat(ask().answer()).isEqualTo(Capacity.Refusal.SHUT);
        first.leave();
        assertThat(capacity.taken()).isEqualTo(1);
    }

    @Test
    void limitsChangeWhileTheyAreInUse() {
        ask();
        ask();
        var third = ask();
        assertThat(control.apply(Map.of("requests", 3)))
                .containsEntry("requests", 3)
                .containsEntry("requests_taken", 3)
                .containsEntry("queue", 2);
        assertThat(third.answer()).isInstanceOf(Capacity.Place.class);
        assertThat(control.apply(Map.of("requests", 0))).containsEntry("status", "error");
        assertThat(control.apply(Map.of("request", 4)))
                .containsEntry("message", "request: expected only [prompt_tokens, queue, queue_timeout_ms, requests]");
        assertThat(control.apply(Map.of())).containsEntry("requests", 3);
    }

    @Test
    void thereAreNeverMoreThanThereArePlacesAndNobodyIsForgotten() throws Exception {
        var busy = new Capacity(new AdmissionConfig(3, 1000, Duration.ofSeconds(10), 0));
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var served = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var done : threads.invokeAll(IntStream.range(0, 1000)
                    .<Callable<Void>>mapToObj(_ -> () -> {
                        busy.ask(
                                new Capacity.Applicant() {
                                    @Override
                                    public void admitted(Capacity.Place place) {
                                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                        served.incrementAndGet();
                                        inside.decrementAndGet();
                                        place.close();
                                    }

                                    @Override
                                    public void refused(Capacity.Refusal why) {
                                        throw new AssertionError(why);
                                    }
                                },
                                true);
                        return null;
                    })
                    .toList())) done.get();
        }
        assertThat(served).hasValue(1000);
        assertThat(most.get()).isLessThanOrEqualTo(3);
        assertThat(busy.taken()).isZero();
        assertThat(busy.waiting()).isZero();
    }
}
