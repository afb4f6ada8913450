package dev.nacelle.template;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * How far this module and jinja2 agree.
 *
 * @param texts renderings that are the same to the byte
 * @param errors cases in which both fail
 * @param differences everything else, described
 */
record Agreement(int texts, int errors, List<String> differences) {
    static Agreement of(Oracle oracle, List<Oracle.Case> cases) throws IOException, InterruptedException {
        return of(oracle, cases, _ -> false);
    }

    /** Leaves out what cannot be compared, by the oracle's answer. */
    static Agreement of(Oracle oracle, List<Oracle.Case> cases, Predicate<Oracle.Answer> leftOut)
            throws IOException, InterruptedException {
        List<Oracle.Answer> expected = oracle.render(cases);
        Map<String, Object> compiled = new HashMap<>();
        List<String> differences = new ArrayList<>();
        int texts = 0;
        int errors = 0;
        for (int i = 0; i < cases.size(); i++) {
            Oracle.Answer want = expected.get(i);
            if (leftOut.test(want)) continue;
            Oracle.Answer got = Oracle.own(cases.get(i), compiled);
            if (!Objects.equals(want.text(), got.text())) differences.add(describe(cases.get(i), want, got));
            else if (want.text() == null) errors++;
            else texts++;
        }
        return new Agreement(texts, errors, differences);
    }

    private static String describe(Oracle.Case one, Oracle.Answer want, Oracle.Answer got) {
        String where = one.template().length() > 2_000
                ? one.name()
                : "%s%n%s%n%s".formatted(one.name(), one.template(), one.context());
        return "%s%n  jinja2: %s%n  here:   %s".formatted(where, shown(want), shown(got));
    }

    private static String shown(Oracle.Answer answer) {
        return answer.text() == null ? "error: " + answer.error() : Printer.repr(answer.text());
    }
}
