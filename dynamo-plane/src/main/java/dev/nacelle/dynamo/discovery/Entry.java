package dev.nacelle.dynamo.discovery;

/**
 * Something published.
 *
 * @param key within the bucket: {@code namespace/component/endpoint/id}
 * @param json its value
 */
public record Entry(Bucket bucket, String key, String json) {
    /** What kinds of entries there are. */
    public enum Bucket {
        /** Where an instance is reached. */
        INSTANCES("v1/instances"),
        /** What it serves. */
        CARDS("v1/mdc");

        private final String path;

        Bucket(String path) {
            this.path = path;
        }

        String path() {
            return path;
        }
    }
}
