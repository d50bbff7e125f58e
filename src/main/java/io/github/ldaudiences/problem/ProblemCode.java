package io.github.ldaudiences.problem;

import java.util.Locale;

/**
 * The kinds of problems with a request or an event. Programs such as senders and dashboards compare codes instead of
 * parsing sentences. A code keeps its name and its meaning; {@code docs/errors.md} lists all of them.
 */
public enum ProblemCode {
    UNAUTHORIZED(Concern.REQUEST, 401, "The request is not authenticated."),
    FORBIDDEN(
            Concern.REQUEST,
            403,
            "The console refuses the request because of where it comes from, or because actions are off."),
    NOT_FOUND(Concern.REQUEST, 404, "There is nothing at this path."),
    METHOD_NOT_ALLOWED(Concern.REQUEST, 405, "The path accepts other methods; `Allow` lists them."),
    REQUEST_NOT_UNDERSTOOD(Concern.REQUEST, 400, "The request is not valid HTTP, or can be understood in two ways."),
    EXPECTATION_NOT_SUPPORTED(Concern.REQUEST, 417, "The request expects something other than `100-continue`."),
    TRANSFER_ENCODING_NOT_SUPPORTED(Concern.REQUEST, 415, "The transfer encoding is not `chunked`."),
    REQUEST_LINE_TOO_LONG(Concern.REQUEST, 414, "The first line of the request is too long."),
    HEADERS_TOO_LONG(Concern.REQUEST, 431, "The headers of the request are too long."),
    BODY_TOO_LARGE(Concern.REQUEST, 413, "The body has more bytes than allowed, as sent or when it is expanded."),
    TOO_MANY_EVENTS(Concern.REQUEST_OR_EVENT, 413, "The body, message or line holds more events than allowed."),
    CONTENT_TYPE_NOT_SUPPORTED(Concern.REQUEST, 415, "The content type or its charset is not supported."),
    CONTENT_ENCODING_NOT_SUPPORTED(
            Concern.REQUEST, 415, "The content encoding is not supported; `Accept-Encoding` lists those that are."),
    COMPRESSION_INVALID(Concern.REQUEST, 400, "The compressed body is damaged or incomplete."),
    QUERY_INVALID(Concern.REQUEST, 400, "The query has a parameter or a value that is not known here."),
    OVERLOADED(
            Concern.REQUEST,
            503,
            "Too much is being received or waits for LaunchDarkly. Send the request again later."),
    NOT_RUNNING(
            Concern.REQUEST,
            503,
            "The bundle or this inbound is starting, stopping or suspended. Send the request again later."),
    NOT_DELIVERED(
            Concern.REQUEST, 503, "An event could not be delivered or passed on in time. Send the request again."),
    STORE_UNAVAILABLE(Concern.REQUEST, 503, "The membership store does not answer. Send the request again later."),
    RESYNC_RUNNING(Concern.REQUEST, 409, "A resync is already running, and only one can run at a time."),
    DEAD_LETTERS_ELSEWHERE(Concern.REQUEST, 409, "Dead letters are not in a folder whose files the bundle names."),
    SELECTION_CHANGED(Concern.REQUEST, 409, "The selection has more or fewer dead letters than were confirmed."),
    INTERNAL_ERROR(Concern.REQUEST_OR_EVENT, 500, "A defect of the bundle. The log has the details."),

    BODY_EMPTY(Concern.REQUEST_OR_EVENT, 400, "The body or message is empty."),
    NOT_JSON(Concern.REQUEST_OR_EVENT, 400, "The body, message or line is not one valid JSON document."),
    NOT_UNICODE(Concern.REQUEST_OR_EVENT, 400, "A text is not valid UTF-8, or holds half of a surrogate pair."),
    NOT_AN_OBJECT(
            Concern.REQUEST_OR_EVENT,
            400,
            "An event must be a JSON object, and a body one, an array of them, or a batch object."),
    SCHEMA_NOT_SUPPORTED(Concern.REQUEST_OR_EVENT, 400, "The message is not JSON but looks like Avro or Protobuf."),
    VALUE_NOT_DESERIALIZED(Concern.EVENT, "The deserializer that is configured for Kafka cannot read the value."),
    ENVELOPE_INVALID(
            Concern.REQUEST_OR_EVENT, 400, "The CloudEvent does not hold its event under `data` or `data_base64`."),
    EVENT_TOO_LARGE(Concern.REQUEST_OR_EVENT, 400, "The event or line has more bytes than allowed."),
    EVENT_TOO_DEEP(Concern.REQUEST_OR_EVENT, 400, "The event nests deeper than allowed."),
    NUMBER_INVALID(
            Concern.REQUEST_OR_EVENT,
            400,
            "The event holds `NaN`, `Infinity`, or a number that is too long or out of range."),
    SHARED_FIELDS_TOO_LARGE(
            Concern.REQUEST_OR_EVENT,
            400,
            "The `context` or `integrations` of a batch object have more bytes than allowed."),
    NOT_A_DEAD_LETTER(Concern.REQUEST_OR_EVENT, 400, "The replayed line is not a dead letter."),
    EVENT_REDACTED(
            Concern.REQUEST_OR_EVENT, 400, "A value that the replay needs was left out of the dead letter, or hashed."),

    AUDIENCE_ID_MISSING(Concern.EVENT, "`segment_audience_id` found nothing."),
    AUDIENCE_KEY_MISSING(Concern.EVENT, "`segment_audience_key` found nothing."),
    CONTEXT_KIND_MISSING(Concern.EVENT, "`context_kind` found nothing."),
    CONTEXT_KIND_INVALID(Concern.EVENT, "`context_kind` is not the name of a context kind."),
    CONTEXT_KEY_MISSING(
            Concern.EVENT, "The event, or an entry of its list, has no identifier that could be the context key."),
    MEMBERSHIP_MISSING(Concern.EVENT, "The event does not say whether the person is in the audience."),
    MEMBERSHIP_NOT_BOOLEAN(Concern.EVENT, "The value under the audience key is not `true` or `false`."),
    TRAITS_OR_PROPS_NOT_AN_OBJECT(Concern.EVENT, "`traits_or_props` found something other than an object."),
    AUDIENCE_ACTION_INVALID(Concern.EVENT, "`audience_action` is not `ADD`, `REMOVE`, `SKIP`, `true` or `false`."),
    FIELD_NOT_TEXT(Concern.EVENT, "A field of the mapping found a value that cannot be used as text."),
    FIELD_TOO_LONG(Concern.EVENT, "A field of the mapping found a text that is too long for an identifier."),
    LIST_INVALID(
            Concern.EVENT,
            "A list of people, or a field on the path to it, does not have the form that the mapping expects."),
    NEWER_STATE_POSSIBLE(Concern.EVENT, "A replayed event may be older than what LaunchDarkly has."),
    LAUNCHDARKLY_REFUSED(Concern.EVENT, "LaunchDarkly refuses the person or the audience of the event."),

    MAPPING_OFF(Concern.EVENT, "The mapping is off, or no longer exists."),
    TRIGGER_NOT_MATCHED(Concern.SKIPPED, "The trigger of the mapping does not match."),
    COMPUTATION_CLASS_NOT_MATCHED(Concern.SKIPPED, "The computation class is not one that the mapping takes."),
    SYNC_MODE_NOT_MATCHED(Concern.SKIPPED, "The event of Reverse ETL is not one that the sync mode takes."),
    NOBODY_LISTED(
            Concern.SKIPPED, "The event changes nobody's membership: its lists are empty, or its action is `SKIP`.");

    /** What a problem affects. */
    public enum Concern {
        /** A whole request is refused. */
        REQUEST("a request"),
        /** A whole request is refused, or one event is rejected. */
        REQUEST_OR_EVENT("a request or an event"),
        /** One event is rejected. */
        EVENT("an event"),
        /** A mapping skips one event; explain reports it. */
        SKIPPED("an event that a mapping skips");

        private final String text;

        Concern(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private final Concern concern;
    private final int status;
    private final String meaning;
    private final String text = name().toLowerCase(Locale.ROOT);

    ProblemCode(Concern concern, String meaning) {
        this(concern, 0, meaning);
    }

    ProblemCode(Concern concern, int status, String meaning) {
        this.concern = concern;
        this.status = status;
        this.meaning = meaning;
    }

    /** @return what the problem affects */
    public Concern concern() {
        return concern;
    }

    /** @return whether an event can be rejected with this code */
    public boolean rejectsEvents() {
        return concern == Concern.EVENT || concern == Concern.REQUEST_OR_EVENT;
    }

    /** @return whether a whole request can be refused with this code */
    public boolean refusesRequests() {
        return status != 0;
    }

    /**
     * @return HTTP status of a request that is refused with this code; 0 if the code never applies to a whole request
     */
    public int status() {
        return status;
    }

    /** @return a sentence for the documentation */
    public String meaning() {
        return meaning;
    }

    /** @return the code as it is written in answers, dead letters and metrics, such as {@code context_key_missing} */
    @Override
    public String toString() {
        return text;
    }
}
