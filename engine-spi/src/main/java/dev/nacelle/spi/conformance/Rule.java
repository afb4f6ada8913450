package dev.nacelle.spi.conformance;

/** The rules of the engine contract that can be checked from outside, in the order of an engine's life. */
public enum Rule {
    CREATE(
            "create",
            "the factory makes a new engine at each call, within 5 s, and allocates nothing heavy",
            "move loading into start; return a new object from create"),
    CLEANUP_NEVER_STARTED(
            "cleanup-never-started",
            "cleanup is safe on an engine that was never started",
            "in cleanup, release only what start has made; a field that is still null needs nothing"),
    START(
            "start",
            "start returns an EngineConfig once generate can be called",
            "make start succeed for this configuration, report long loading through progress, and return a config"),
    MODEL_NOT_EMPTY("model-not-empty", "EngineConfig.model is not empty", "return EngineConfig.of(name of the model)"),
    SETUP_METRICS(
            "setup-metrics",
            "setupMetrics returns bindings, with instruments named and labelled validly, and takes its publisher",
            "return MetricsBindings.none() or the ranks; see EngineMetrics for names and labels it refuses"),
    METRICS_HANDLE_NOT_KEPT(
            "metrics-handle-not-kept",
            "EngineMetrics is used during setupMetrics only",
            "make all instruments in setupMetrics and keep those, not the handle"),
    FOREIGN_METRICS(
            "foreign-metrics",
            "an exposition callback renders its registry within its timeout",
            "return the registry's text from the callback, without waiting for the engine"),
    KV_SOURCES(
            "kv-sources",
            "kvEventSources returns at most one source per rank, and each takes its publisher",
            "return one KvEventSource for each rank that has a prefix cache"),
    HEALTH_CHECK(
            "health-check",
            "healthCheckRequest is marked as a health check, and is answered",
            "return a small request made with GenerateRequest.of(...).asHealthCheck(), or none"),
    ACTIONS(
            "controls-and-updates",
            "controls and updates have names of letters, digits, '.', '_' and '-' alone",
            "rename it: the name is a part of a URL"),
    ENDPOINT_READY("endpoint-ready", "onEndpointReady returns", "leave slow or optional work out of onEndpointReady"),
    GENERATE(
            "generate",
            "a plain request is answered",
            "make generate emit its tokens and finish with STOP or LENGTH; see the log for what it threw"),
    ONE_TERMINAL(
            "one-terminal",
            "a stream has exactly one terminal: one finish, or one exception thrown from generate",
            "call sink.finish once on each path and return from generate after it; do not throw as well"),
    NOTHING_AFTER_TERMINAL(
            "nothing-after-terminal",
            "nothing is emitted after the terminal",
            "call sink.finish last, from the thread that emits"),
    SINK_ONE_THREAD(
            "sink-one-thread",
            "the sink is called by one thread at a time",
            "emit and finish from one thread, or under one lock per stream"),
    ITEMS_FIT_INPUT(
            "items-fit-input",
            "an item carries ids of 0 or more and no text (tokens), or text (text engines), for a choice asked for",
            "emit tokens; or declare ModelInput.TEXT and emit Chunk.ofText; use index 0 unless n is above 1"),
    MAX_TOKENS(
            "max-tokens",
            "no choice gets more tokens than max_tokens",
            "finish with LENGTH once max_tokens tokens are out"),
    MIN_TOKENS(
            "min-tokens",
            "a stop token counts only after min_tokens tokens",
            "look for stop tokens and the end of text only once min_tokens tokens are out"),
    STOP_TOKEN_IDS(
            "stop-token-ids",
            "a stop token ends the stream with STOP",
            "finish with STOP when the chosen token is one of stop.stopTokenIds()"),
    USAGE(
            "usage",
            "usage counts the prompt's tokens and those emitted",
            "count what you emit, or finish without usage and let the runtime count"),
    INTERLEAVED(
            "interleaved-requests",
            "8 requests at a time all complete, each with its own tokens",
            "keep a request's state in a local or in an object of its own, never in a field of the engine"),
    LOG_PROBABILITIES(
            "log-probabilities",
            "an engine that declares log-probabilities reports one per token, none above 0",
            "emit Chunk.ofLogProbs when output.logProbs is present, or do not declare the capability"),
    CHOICES(
            "choices",
            "an engine that declares several choices makes as many as asked for",
            "emit items of index 0 to n-1, or do not declare the capability"),
    EMBEDDINGS(
            "embeddings",
            "an engine that declares embeddings gives each prompt one vector of finite numbers, all of one length, and no token",
            "emit Chunk.ofEmbedding and finish with STOP when request.isEmbedding(), or do not declare the capability"),
    PROMPT_TOO_LONG(
            "prompt-too-long",
            "a prompt beyond the declared context length is refused as InvalidArgument",
            "check the length first and throw EngineException.invalid, naming both numbers"),
    SLOW_READER_ISOLATED(
            "slow-reader-isolated",
            "a stream that nobody reads does not stop the others",
            "leave a stream whose sink is not writable out of the step; never wait for it on a shared thread"),
    SLOW_READER_RESUMES(
            "slow-reader-resumes",
            "a stream goes on when its reader does",
            "ask isWritable again at each step, or wait in awaitWritable on the request's own thread"),
    CANCEL_IN_TIME(
            "cancel-in-time",
            "a cancelled request ends within 2 s",
            "look at context.isCancelled() at each token; do not swallow the interrupt while waiting"),
    CANCEL_REASON(
            "cancel-reason",
            "a cancelled request ends as CANCELLED, or by InterruptedException",
            "finish with FinishReason.CANCELLED once isCancelled is true"),
    CANCEL_ISOLATED(
            "cancel-isolated",
            "cancelling one request leaves the others alone",
            "let a cancellation end its own stream only; never interrupt a shared thread"),
    ABORT("abort", "abort returns at once and throws nothing", "do nothing slow in abort: mark the request and return"),
    SERVES_ON(
            "serves-on",
            "after refused, slow and cancelled requests the engine serves as before",
            "free what a request holds in a finally block of generate"),
    SNAPSHOT_RANKS(
            "snapshot-ranks",
            "snapshots are published for declared ranks only",
            "declare every rank that publishes in MetricsBindings"),
    SNAPSHOT_RANGE(
            "snapshot-range",
            "a snapshot's blocks are 0 or more, its shares 0 to 1",
            "publish blocks in use and in all; NOT_MEASURED where there is no hit rate"),
    RANKS_STABLE(
            "ranks-stable",
            "setupMetrics declares the same ranks whenever it is asked",
            "derive the ranks from WorkerSpec, not from what has happened since"),
    KV_EVENTS(
            "kv-events",
            "a KV event's blocks hold blockSize tokens each",
            "give stored as many tokens as there are hashes, times blockSize"),
    DRAIN("drain", "drain and isQuiescent return", "wait in drain for a bounded time only, and throw nothing"),
    CLEANUP(
            "cleanup",
            "cleanup returns within 5 s and throws nothing",
            "stop threads and close what start opened; do not wait for requests"),
    CLEANUP_TWICE(
            "cleanup-twice",
            "a second cleanup does nothing",
            "remember that cleanup ran, or make each release harmless when repeated"),
    CLEANUP_ENDS_THREADS(
            "cleanup-ends-threads",
            "no thread that would keep the process alive is left after cleanup",
            "shut executors down in cleanup, or make their threads daemons and end them"),
    CLEANUP_AFTER_FAILED_START(
            "cleanup-after-failed-start",
            "cleanup is safe after start has thrown half-way",
            "in cleanup, release what exists; assume nothing about how far start got");

    private final String id;
    private final String sentence;
    private final String advice;

    Rule(String id, String sentence, String advice) {
        this.id = id;
        this.sentence = sentence;
        this.advice = advice;
    }

    /** The name in reports and filters, e.g. {@code one-terminal}. */
    public String id() {
        return id;
    }

    /** What must hold. */
    public String sentence() {
        return sentence;
    }

    /** What to change where it does not. */
    public String advice() {
        return advice;
    }
}
