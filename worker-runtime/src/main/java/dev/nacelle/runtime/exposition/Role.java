package dev.nacelle.runtime.exposition;

/** What a sample is within its family, and the suffix that its name bears for it. */
enum Role {
    VALUE(""),
    TOTAL("_total"),
    CREATED("_created"),
    BUCKET("_bucket"),
    COUNT("_count"),
    SUM("_sum"),
    GCOUNT("_gcount"),
    GSUM("_gsum"),
    INFO("_info");

    private static final Role[] ALL = values();

    private final String suffix;

    Role(String suffix) {
        this.suffix = suffix;
    }

    /** A small number that stands for this role, for {@link #of}. */
    @SuppressWarnings("EnumOrdinal") // kept in memory only, one byte a sample
    byte code() {
        return (byte) ordinal();
    }

    String suffix() {
        return suffix;
    }

    static Role of(int code) {
        return ALL[code];
    }
}
