package io.github.ldaudiences.explain;

/** Field names of an explanation, which are written and read in different classes. */
final class Names {

    static final String INDEX = "index";
    static final String MESSAGE_ID = "messageId";
    static final String OUTCOME = "outcome";
    static final String CODE = "code";
    static final String REASON = "reason";
    static final String MAPPINGS = "mappings";
    static final String MAPPING = "mapping";
    static final String STATUS = "status";
    static final String TRIGGER = "trigger";
    static final String EXPRESSION = "expression";
    static final String COMPARISONS = "comparisons";
    static final String COMPUTATION_CLASS = "computationClass";
    static final String SYNC_MODE = "syncMode";
    static final String WANTED = "wanted";
    static final String MATCHED = "matched";
    static final String FIELDS = "fields";
    static final String FROM = "from";
    static final String CONFIGURED = "configured";
    static final String CONTEXT_KEY = "contextKey";
    static final String MEMBERSHIP = "membership";
    static final String DECISION = "decision";
    static final String EVENT_TIME = "eventTime";
    static final String CLAMPED = "clamped";
    static final String COUNTS = "counts";
    static final String DESTINATION = "destination";
    static final String ENVIRONMENT_ID = "environmentId";
    static final String SANDBOX = "sandbox";
    static final String SUPERSEDED = "superseded";
    static final String REPEATS = "repeats";
    static final String REQUESTS = "requests";
    static final String METHOD = "method";
    static final String URL = "url";
    static final String HEADERS = "headers";
    static final String BODY = "body";

    /** The value that was found; long text is shortened. */
    static final String VALUE = "value";

    /** Instead of a value: a description of what was found. */
    static final String FOUND = "found";

    private Names() {}
}
