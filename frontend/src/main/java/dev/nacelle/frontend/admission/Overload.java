package dev.nacelle.frontend.admission;

/**
 * What keeps a process from taking more than it can work on.
 *
 * @param capacity places for requests: the gate before tokenizing
 * @param promptTokens of the requests under way: the gate after it
 * @param bodies bytes of the bodies that are being received
 * @param timeouts how long engines may take
 */
public record Overload(Capacity capacity, Budget promptTokens, Budget bodies, Timeouts timeouts) {
    public static Overload of(AdmissionConfig admission, Timeouts timeouts, long bodyBytes) {
        var capacity = new Capacity(admission);
        return new Overload(
                capacity, new Budget(() -> capacity.limits().promptTokens()), new Budget(() -> bodyBytes), timeouts);
    }
}
