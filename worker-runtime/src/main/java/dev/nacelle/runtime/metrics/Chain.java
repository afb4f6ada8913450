package dev.nacelle.runtime.metrics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A place in the hierarchy runtime → namespace → component → endpoint. A level that is empty emits no label.
 *
 * @param workerId 64 bits; the label shows them in lower-case hex
 */
public record Chain(String namespace, String component, String endpoint, long workerId) {
    public static final String NAMESPACE = "dynamo_namespace";
    public static final String COMPONENT = "dynamo_component";
    public static final String ENDPOINT = "dynamo_endpoint";
    public static final String WORKER_ID = "worker_id";

    /** The labels that only the chain may set. */
    static final Set<String> LABELS = Set.of(NAMESPACE, COMPONENT, ENDPOINT, WORKER_ID);

    /** The chain of a component, without endpoint. */
    public static Chain ofComponent(String namespace, String component, long workerId) {
        return new Chain(namespace, component, "", workerId);
    }

    /** The worker's id as it stands in the label. */
    public String workerIdHex() {
        return Long.toHexString(workerId);
    }

    /** The labels of this place, from the top down; unmodifiable. */
    public Map<String, String> labels() {
        var labels = new LinkedHashMap<String, String>();
        if (!namespace.isEmpty()) labels.put(NAMESPACE, namespace);
        if (!component.isEmpty()) labels.put(COMPONENT, component);
        if (!endpoint.isEmpty()) labels.put(ENDPOINT, endpoint);
        labels.put(WORKER_ID, workerIdHex());
        return Collections.unmodifiableMap(labels);
    }
}
