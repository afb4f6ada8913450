package dev.nacelle.routing;

/** How workers are chosen. */
public enum RoutingMode {
    /** In turn. */
    ROUND_ROBIN,
    /** By chance. */
    RANDOM,
    /** The less busy of two taken by chance. */
    LEAST_LOADED,
    /** Where the least work is: by what the engines say that their caches hold, and by what runs where. */
    KV,
    /** The same, by what the router itself sent where: for engines that publish no events. */
    KV_APPROX;

    /** Whether ranks are chosen, and not only workers. */
    public boolean byCache() {
        return this == KV || this == KV_APPROX;
    }
}
