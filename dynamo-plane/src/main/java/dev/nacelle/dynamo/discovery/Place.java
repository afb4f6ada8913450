package dev.nacelle.dynamo.discovery;

import java.util.regex.Pattern;

/** Where an instance stands in a deployment. */
public record Place(String namespace, String component, String endpoint, long instanceId) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]+");

    public Place {
        check("namespace", namespace);
        check("component", component);
        check("endpoint", endpoint);
    }

    private static void check(String level, String name) {
        if (!NAME.matcher(name).matches())
            throw new IllegalArgumentException(
                    "%s '%s': Dynamo wants lower-case letters, digits, - and _ alone".formatted(level, name));
    }

    public String idHex() {
        return Long.toHexString(instanceId);
    }

    /** {@code namespace/component/endpoint}. */
    public String path() {
        return "%s/%s/%s".formatted(namespace, component, endpoint);
    }

    /** The key under which the instance's entries stand in their buckets. */
    public String key() {
        return path() + "/" + idHex();
    }

    /** What stands behind host and port in the instance's address, and comes back in each request. */
    public String requestPath() {
        return idHex() + "/" + path();
    }
}
