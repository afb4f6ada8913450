package dev.nacelle.routing;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is to be placed.
 *
 * @param tokens the prompt; empty where the engine tokenizes by itself
 * @param worker the only worker that may get it
 * @param dpRank the only rank that may
 * @param session requests with the same text belong together; empty for none
 * @param mode another mode than the pool's
 * @param overlapWeight another weight than the pool's
 * @param temperature another temperature than the pool's
 * @param refusedBy ranks that would not take it
 * @param waits whether it may wait while all are saturated; if not, the least busy gets it
 */
@SuppressWarnings("ArrayRecordComponent") // a prompt, on its way through: nobody compares requests
public record RouteRequest(
        int[] tokens,
        OptionalLong worker,
        OptionalInt dpRank,
        Optional<String> session,
        Optional<RoutingMode> mode,
        OptionalDouble overlapWeight,
        OptionalDouble temperature,
        Set<Rank> refusedBy,
        boolean waits) {
    public RouteRequest {
        refusedBy = Set.copyOf(refusedBy);
    }

    /** Nothing special. */
    public static RouteRequest of(int... tokens) {
        return new RouteRequest(
                tokens,
                OptionalLong.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Set.of(),
                false);
    }

    public RouteRequest withRefusedBy(Set<Rank> ranks) {
        return new RouteRequest(tokens, worker, dpRank, session, mode, overlapWeight, temperature, ranks, waits);
    }
}
