package io.github.ldaudiences.config;

import io.github.ldaudiences.delivery.LaunchDarklyInstance;
import io.github.ldaudiences.mapping.ContextKeyPriority;
import io.github.ldaudiences.mapping.EventPath;
import io.github.ldaudiences.mapping.MappingPreset;
import io.github.ldaudiences.mapping.MappingValue;
import io.github.ldaudiences.mapping.MemberLists;
import io.github.ldaudiences.mapping.MembershipMode;
import io.github.ldaudiences.mapping.SyncMode;
import io.github.ldaudiences.outbound.DirectHosts;
import io.github.ldaudiences.secret.Secret;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Every property of the bundle, declared once. {@code docs/configuration.md} is generated from it. */
public final class Catalogue {

    private static final List<Property<?>> ALL = new ArrayList<>();
    private static final Set<Property<?>> READ_AT_START = new HashSet<>();
    private static final long MAX_INT = Integer.MAX_VALUE;

    // Inbound

    public static final Property<Set<Inbound>> INBOUND =
            add("audiences.inbound", "http", ValueType.setOf(Inbound.values()), "Where events come from.");

    public static final Property<String> HTTP_HOST = add(
            "audiences.inbound.http.host",
            "127.0.0.1",
            ValueType.text(),
            "Address that the HTTP inbound listens on. An address other than loopback needs authentication of"
                    + " callers, or audiences.inbound.http.allow-unauthenticated.");

    public static final Property<Long> HTTP_PORT = add(
            "audiences.inbound.http.port",
            "8080",
            ValueType.number(1, 65_535),
            "Port that the HTTP inbound listens on.");

    public static final Property<String> HTTP_URI = add(
            "audiences.inbound.http.uri",
            "netty-http:http://{{audiences.inbound.http.host}}:{{audiences.inbound.http.port}}/v1/events"
                    // bridgeEndpoint: a form is treated like any other body, and its fields do not become headers
                    + "?httpMethodRestrict=POST&bridgeEndpoint=true",
            ValueType.endpointUri(),
            "Camel endpoint of the HTTP inbound. Choose a consumer that routes asynchronously: one that holds a thread"
                    + " for each waiting caller serves only as many callers as it has threads.");

    public static final Property<String> HTTP_MODE = add(
            "audiences.inbound.http.mode",
            "deliver",
            ValueType.oneOf("deliver", "enqueue"),
            "What callers wait for: deliver answers 200 when LaunchDarkly has the events; enqueue answers 202 when Kafka"
                    + " has them, and the Kafka inbound, here or in other processes, delivers them.");

    public static final Property<String> HTTP_ENQUEUE_URI = add(
            "audiences.inbound.http.enqueue-uri",
            "kafka:{{audiences.inbound.kafka.topic}}?requestRequiredAcks=all&enableIdempotence=true"
                    + "&compressionCodec=lz4&deliveryTimeoutMs={{audiences.inbound.http.reply-timeout-ms}}"
                    + "&requestTimeoutMs={{audiences.inbound.http.reply-timeout-ms}}"
                    + "&maxBlockMs=1000&lingerMs=0",
            ValueType.endpointUri(),
            "Camel endpoint that takes the events in mode enqueue.");

    public static final Property<List<Secret>> HTTP_SIGNATURE_SECRETS = secrets(
            "audiences.inbound.http.signature-secrets",
            ValueType.secrets("texts of at least 16 characters", text -> text.length() >= 16),
            "Shared secrets that Segment signs requests with: the header X-Signature must hold the HMAC-SHA1 of"
                    + " the whole body, made with any one of them. To rotate a secret, list the old and the new"
                    + " one.");

    public static final Property<List<Secret>> HTTP_BASIC_CREDENTIALS = secrets(
            "audiences.inbound.http.basic-credentials",
            ValueType.secrets("user:password with at least 8 characters in each password", text -> {
                int colon = text.indexOf(':');
                return colon > 0 && text.length() - colon > 8;
            }),
            "Users and passwords. A request may use any of them in Authorization: Basic.");

    public static final Property<List<Secret>> HTTP_BEARER_TOKENS = secrets(
            "audiences.inbound.http.bearer-tokens",
            ValueType.secrets(
                    "tokens of at least 16 letters, digits and -._~+/=",
                    text -> text.matches("[A-Za-z0-9._~+/=-]{16,}")),
            "Tokens. A request may use any of them in Authorization: Bearer.");

    public static final Property<String> HTTP_SEGMENT_API = add(
            "audiences.inbound.http.segment-api",
            "off",
            ValueType.oneOf("on", "off"),
            "Whether the HTTP inbound also accepts what the libraries of Segment, RudderStack and Jitsu send: POST"
                    + " /v1/batch, /v1/identify, /v1/track, /v1/page, /v1/screen, /v1/group, /v1/alias and /v1/import,"
                    + " and Jitsu's /api/s/identify, /api/s/s2s/identify and so on.");

    public static final Property<List<Secret>> HTTP_WRITE_KEYS = secrets(
            "audiences.inbound.http.write-keys",
            ValueType.secrets(
                    "write keys of at least 16 letters, digits and -._~:",
                    text -> text.matches("[A-Za-z0-9._~:-]{16,}")),
            "Write keys of libraries for Segment's API. A request to one of its paths may use any of them: as the user of"
                    + " Authorization: Basic, without a password, under writeKey in its body, or in X-Write-Key.");

    public static final Property<Boolean> HTTP_ALLOW_UNAUTHENTICATED = add(
            "audiences.inbound.http.allow-unauthenticated",
            "false",
            ValueType.flag(),
            "Whether the HTTP inbound may listen on an address other than loopback without authentication. Use it"
                    + " only where something in front of the bundle authenticates callers.");

    public static final Property<Long> HTTP_MAX_BODY_BYTES = add(
            "audiences.inbound.http.max-body-bytes",
            "10485760",
            ValueType.number(1024, MAX_INT / 2),
            "Largest request body, in bytes, both as it is sent and, if it is compressed, as it is expanded. A"
                    + " larger one gets 413.");

    public static final Property<Long> HTTP_MAX_EVENTS = add(
            "audiences.inbound.http.max-events",
            "10000",
            ValueType.number(1, 1_000_000),
            "Maximum number of events in one request. More get 413.");

    public static final Property<Long> HTTP_REPLY_TIMEOUT_MS = add(
            "audiences.inbound.http.reply-timeout-ms",
            "4500",
            ValueType.number(100, 600_000),
            "How long a caller waits for delivery before it gets 503, in milliseconds. Segment's senders give up after"
                    + " 5 or 10 seconds.");

    public static final Property<Long> HTTP_RETRY_AFTER_SECONDS = add(
            "audiences.inbound.http.retry-after-seconds",
            "10",
            ValueType.number(1, 86_400),
            "Value of Retry-After in answers with 503, in seconds.");

    public static final Property<String> HTTP_TLS_KEYSTORE = add(
            "audiences.inbound.http.tls-keystore",
            "",
            ValueType.text(),
            "File of the inbound's certificate and private key, in PEM, PKCS12 or JKS. In PEM, the certificates of"
                    + " its issuers follow the inbound's own. When set, every route on the inbound's port uses"
                    + " HTTPS, although URIs say http.");

    public static final Property<Secret> HTTP_TLS_KEYSTORE_PASSWORD =
            secret("audiences.inbound.http.tls-keystore-password", "Password of that file and of its key.");

    public static final Property<String> HTTP_TLS_KEY = add(
            "audiences.inbound.http.tls-key",
            "",
            ValueType.text(),
            "File of the private key in PEM, if the certificate is in a PEM file without the key.");

    public static final Property<String> HTTP_TLS_TRUSTSTORE = add(
            "audiences.inbound.http.tls-truststore",
            "",
            ValueType.text(),
            "File of the CA certificates that callers' certificates must be signed with, in PEM, PKCS12 or JKS."
                    + " When set, a caller without such a certificate cannot connect.");

    public static final Property<Secret> HTTP_TLS_TRUSTSTORE_PASSWORD =
            secret("audiences.inbound.http.tls-truststore-password", "Password of that file.");

    public static final Property<Long> HTTP_MAX_CONNECTIONS = add(
            "audiences.inbound.http.max-connections",
            "10000",
            ValueType.number(1, 1_000_000),
            "Maximum number of open connections from callers. Further ones are closed at once.");

    public static final Property<Long> HTTP_REQUEST_TIMEOUT_MS = add(
            "audiences.inbound.http.request-timeout-ms",
            "30000",
            ValueType.number(100, 3_600_000),
            "How long a request may take to arrive, in milliseconds, from its first byte, or the beginning of the"
                    + " connection, to its last. After that, its connection is closed.");

    public static final Property<Long> HTTP_IDLE_TIMEOUT_MS = add(
            "audiences.inbound.http.idle-timeout-ms",
            "75000",
            ValueType.number(100, 3_600_000),
            "How long a connection stays open between requests, in milliseconds.");

    public static final Property<Long> HTTP_MAX_RECEIVING_BYTES = add(
            "audiences.inbound.http.max-receiving-bytes",
            "0",
            ValueType.number(0, Long.MAX_VALUE),
            "Maximum number of bytes of request bodies that are being received, over all connections. A compressed"
                    + " body counts as it is sent and as it is expanded. A request beyond the limit gets 503. 0 is"
                    + " an eighth of the JVM's heap.");

    public static final Property<String> EXPLAIN = add(
            "audiences.explain",
            "off",
            ValueType.oneOf("on", "off"),
            "Whether POST /v1/explain, on the HTTP inbound's address and port, says what would become of events,"
                    + " and why. It sends nothing. It is available even if events do not come over HTTP.");

    // Kafka

    public static final Property<String> KAFKA_BROKERS = add(
            "audiences.kafka.brokers",
            "localhost:9092",
            ValueType.text(),
            "Bootstrap brokers, as host:port, separated by commas. They apply to every Kafka endpoint of the"
                    + " bundle.");

    public static final Property<String> KAFKA_SECURITY_PROTOCOL = add(
            "audiences.kafka.security-protocol",
            "PLAINTEXT",
            ValueType.oneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
            "Protocol of connections to the brokers.");

    public static final Property<String> KAFKA_SASL_MECHANISM = add(
            "audiences.kafka.sasl-mechanism",
            "PLAIN",
            ValueType.oneOf("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "GSSAPI", "AWS_MSK_IAM"),
            "SASL mechanism. OAUTHBEARER, GSSAPI and AWS_MSK_IAM need audiences.kafka.sasl-jaas-config.");

    public static final Property<String> KAFKA_SASL_USERNAME =
            add("audiences.kafka.sasl-username", "", ValueType.text(), "User name for PLAIN and SCRAM.");

    public static final Property<Secret> KAFKA_SASL_PASSWORD =
            secretAtStart("audiences.kafka.sasl-password", "Password for PLAIN and SCRAM.");

    public static final Property<Secret> KAFKA_SASL_JAAS_CONFIG = secretAtStart(
            "audiences.kafka.sasl-jaas-config", "JAAS configuration on one line, instead of user name and password.");

    public static final Property<String> KAFKA_SSL_TRUSTSTORE_LOCATION = add(
            "audiences.kafka.ssl-truststore-location",
            "",
            ValueType.text(),
            "File of the certificates to trust, in PEM, PKCS12 or JKS. Empty: those that the JVM trusts.");

    public static final Property<Secret> KAFKA_SSL_TRUSTSTORE_PASSWORD =
            secretAtStart("audiences.kafka.ssl-truststore-password", "Password of that file.");

    public static final Property<String> KAFKA_SSL_KEYSTORE_LOCATION = add(
            "audiences.kafka.ssl-keystore-location",
            "",
            ValueType.text(),
            "File of the client's certificate and private key, in PEM, PKCS12 or JKS, if the brokers ask for one. In PEM, the"
                    + " certificates of its issuers follow the client's own.");

    public static final Property<Secret> KAFKA_SSL_KEYSTORE_PASSWORD =
            secretAtStart("audiences.kafka.ssl-keystore-password", "Password of that file.");

    public static final Property<String> KAFKA_SSL_KEY_LOCATION = add(
            "audiences.kafka.ssl-key-location",
            "",
            ValueType.text(),
            "File of the private key in PEM, if the certificate is in a PEM file without the key.");

    public static final Property<Secret> KAFKA_SSL_KEY_PASSWORD = secretAtStart(
            "audiences.kafka.ssl-key-password", "Password of the key, if it is not that of the key store.");

    /**
     * Prefix of the properties of Kafka's own clients, followed by Kafka's names: {@link Settings#kafkaClient()}. They
     * are not in this list because Kafka defines them.
     */
    static final String KAFKA_CLIENT = "audiences.kafka.client.";

    public static final Property<String> KAFKA_TOPIC = add(
            "audiences.inbound.kafka.topic",
            "audience-events",
            ValueType.text(),
            "Topic that holds the events: one, several separated by commas, or a regular expression. The value of"
                    + " a record is one event, an array, or a batch object.");

    public static final Property<Boolean> KAFKA_TOPIC_IS_PATTERN = add(
            "audiences.inbound.kafka.topic-is-pattern",
            "false",
            ValueType.flag(),
            "Whether the topic is a regular expression.");

    public static final Property<String> KAFKA_GROUP = add(
            "audiences.inbound.kafka.group",
            "launchdarkly-audiences",
            ValueType.text(),
            "Consumer group. Processes of one group share the partitions.");

    public static final Property<String> KAFKA_INSTANCE_ID = add(
            "audiences.inbound.kafka.instance-id",
            "",
            ValueType.text(),
            "Name of this process in the group (Kafka's static membership). No other process may use the same name"
                    + " at the same time. A process that returns within audiences.inbound.kafka.session-timeout-ms"
                    + " gets its partitions back, and the others keep theirs. Each consumer adds its number:"
                    + " name-1, name-2. Empty: the partitions of a process that stops go to the others at once.");

    public static final Property<String> KAFKA_VALUE_DESERIALIZER = add(
            "audiences.inbound.kafka.value-deserializer",
            "",
            ValueType.text("the name of a class on the class path that implements Kafka's Deserializer, or empty"),
            "Class that deserializes values that are not JSON. It must implement Kafka's Deserializer and return"
                    + " an Avro record, a Protobuf message, a JsonNode, a String or bytes. To configure it, put"
                    + " audiences.inbound.kafka.value-deserializer. in front of its own property names, in a file"
                    + " or as a system property. Empty: values are JSON.");

    /**
     * Prefix of the configuration of that deserializer, followed by its own names: {@link
     * Settings#valueDeserializer()}. They are not in this list because only the deserializer knows them.
     */
    static final String KAFKA_VALUE_DESERIALIZER_CONFIG = KAFKA_VALUE_DESERIALIZER.key() + ".";

    public static final Property<Long> KAFKA_CONSUMERS = add(
            "audiences.inbound.kafka.consumers",
            "1",
            ValueType.number(1, 100),
            "Consumers in this process, each with a thread of its own.");

    public static final Property<Long> KAFKA_MAX_POLL_RECORDS = add(
            "audiences.inbound.kafka.max-poll-records",
            "5000",
            ValueType.number(1, 100_000),
            "Maximum number of records that are handed on at once.");

    public static final Property<Long> KAFKA_POLL_WAIT_MS = add(
            "audiences.inbound.kafka.poll-wait-ms",
            "500",
            ValueType.number(1, 60_000),
            "How long a poll waits for records, in milliseconds.");

    public static final Property<Long> KAFKA_DELIVERY_TIMEOUT_MS = add(
            "audiences.inbound.kafka.delivery-timeout-ms",
            "30000",
            ValueType.number(1_000, 3_600_000),
            "How long events may still be sent after the group's last contact with this process, in milliseconds."
                    + " After that, they are read again. Must be less than"
                    + " audiences.inbound.kafka.session-timeout-ms, after which their partition may belong to"
                    + " another process.");

    public static final Property<Long> KAFKA_SESSION_TIMEOUT_MS = add(
            "audiences.inbound.kafka.session-timeout-ms",
            "45000",
            ValueType.number(1_000, 3_600_000),
            "How long the group waits for a process that has stopped sending heartbeats, in milliseconds. The"
                    + " brokers limit it (group.max.session.timeout.ms).");

    public static final Property<Long> KAFKA_MAX_POLL_INTERVAL_MS = add(
            "audiences.inbound.kafka.max-poll-interval-ms",
            "300000",
            ValueType.number(1_000, 86_400_000),
            "How long the group waits for a consumer that does not poll, in milliseconds. Must be more than"
                    + " audiences.inbound.kafka.delivery-timeout-ms.");

    public static final Property<Long> KAFKA_RETRY_DELAY_MS = add(
            "audiences.inbound.kafka.retry-delay-ms",
            "1000",
            ValueType.number(1, 3_600_000),
            "How long a partition waits before events that could not be delivered are read again, in milliseconds."
                    + " The delay doubles with each failure.");

    public static final Property<Long> KAFKA_MAX_RETRY_DELAY_MS = add(
            "audiences.inbound.kafka.max-retry-delay-ms",
            "30000",
            ValueType.number(1, 3_600_000),
            "Longest such delay, in milliseconds.");

    public static final Property<Long> KAFKA_DRAIN_TIMEOUT_MS = add(
            "audiences.inbound.kafka.drain-timeout-ms",
            "10000",
            ValueType.number(0, 600_000),
            "How long to wait for events in flight when a partition is given up, at a stop or a rebalance, in"
                    + " milliseconds.");

    public static final Property<String> KAFKA_URI = add(
            "audiences.inbound.kafka.uri",
            "kafka:{{audiences.inbound.kafka.topic}}?topicIsPattern={{audiences.inbound.kafka.topic-is-pattern}}"
                    + "&groupId={{audiences.inbound.kafka.group}}"
                    + "&consumersCount={{audiences.inbound.kafka.consumers}}",
            ValueType.endpointUri(),
            "Camel endpoint of the Kafka inbound. Brokers, security, polls, time-outs and what the guarantees need"
                    + " are set on Camel's Kafka component. They apply to any URI that does not override them.");

    // Files and any endpoint

    public static final Property<String> FILE_DIRECTORY = add(
            "audiences.inbound.file.directory",
            "inbox",
            ValueType.text(),
            "Folder that the file inbound reads files of newline-delimited JSON from.");

    public static final Property<String> FILE_URI = add(
            "audiences.inbound.file.uri",
            "file:{{audiences.inbound.file.directory}}?includeExt=ndjson,jsonl&sortBy=file:name"
                    + "&readLock=changed&readLockMinAge=3000&readLockMinLength=0&delay=2000"
                    + "&move=${file:parent}/${exchangeProperty.audiencesFileFolder}/${file:onlyname}",
            ValueType.endpointUri(),
            "Camel endpoint of the file inbound. The exchange property audiencesFileFolder is .done, or .failed"
                    + " for a file in which nothing could be read as an event. Do not use moveFailed: a file that"
                    + " is interrupted by a stop must stay where it is.");

    public static final Property<Long> FILE_MAX_LINE_BYTES = add(
            "audiences.inbound.file.max-line-bytes",
            "10485760",
            ValueType.number(1024, MAX_INT / 4),
            "Longest line in a file, in bytes. The beginning of a longer line goes to the dead letter.");

    public static final Property<Long> FILE_DELIVERY_TIMEOUT_MS = add(
            "audiences.inbound.file.delivery-timeout-ms",
            "300000",
            ValueType.number(100, 86_400_000),
            "How long lines of a file wait for delivery, in milliseconds. After that, they and the lines after"
                    + " them are read and sent again.");

    public static final Property<String> ENDPOINT_URI = add(
            "audiences.inbound.uri",
            "",
            ValueType.optionalEndpointUri(),
            "Camel endpoint to take events from, for audiences.inbound=uri. Each message holds one event, an"
                    + " array, or a batch object. For Kafka, use the Kafka inbound instead.");

    public static final Property<Long> ENDPOINT_MESSAGE_TIMEOUT_MS = add(
            "audiences.inbound.message-timeout-ms",
            "30000",
            ValueType.number(100, 86_400_000),
            "How long a message of audiences.inbound.uri waits for delivery, in milliseconds. After that it fails,"
                    + " so that its source keeps it.");

    // Events

    public static final Property<Long> EVENT_MAX_BYTES = add(
            "audiences.event.max-bytes",
            "65536",
            ValueType.number(1024, MAX_INT / 2),
            "Largest event, in bytes. Only an event that is larger is rejected. Segment's own limit is 32 KB.");

    public static final Property<Long> EVENT_MAX_DEPTH = add(
            "audiences.event.max-depth",
            "100",
            ValueType.number(5, 500),
            "Deepest nesting of an event, in levels. Only an event that is deeper is rejected.");

    public static final Property<Long> BACKLOG_MAX_EVENTS = add(
            "audiences.backlog.max-events",
            "500000",
            ValueType.number(1, MAX_INT),
            "Maximum number of events in memory between source and LaunchDarkly. Beyond it, HTTP callers get 503.");

    public static final Property<Long> BACKLOG_MAX_BYTES = add(
            "audiences.backlog.max-bytes",
            "0",
            ValueType.number(0, Long.MAX_VALUE),
            "Maximum number of bytes that inbound bodies and their events hold in memory. Beyond it, HTTP callers"
                    + " get 503. 0 is a quarter of the JVM's heap.");

    // Mappings: Segment's eleven fields, and what surrounds them

    public static final Property<Boolean> MAPPING_ENABLED =
            add("audiences.mapping.<id>.enabled", "true", ValueType.flag(), "Whether the mapping is on.");

    public static final Property<MappingPreset> MAPPING_PRESET = add(
            "audiences.mapping.<id>.preset",
            "sync-engage-audience",
            ValueType.oneOf(MappingPreset.class),
            "Which kind of events the mapping takes: Segment's audience events, one for each change; RudderStack's"
                    + " audiencelist events, each with a list of people who enter and one of people who leave; or"
                    + " the events of Segment's Reverse ETL, one for each row. The last two need"
                    + " segment-audience-id and segment-audience-key, because their events do not name the"
                    + " audience. They also change the default of trigger: to type = \"audiencelist\", or to the"
                    + " events that sync-mode selects.");

    public static final Property<String> MAPPING_DESTINATION = add(
            "audiences.mapping.<id>.destination",
            "launchdarkly",
            ValueType.text(),
            "Id of the destination that the mapping writes to.");

    public static final Property<String> MAPPING_TRIGGER = add(
            "audiences.mapping.<id>.trigger",
            "type = \"identify\" or type = \"track\"",
            ValueType.trigger(),
            "Segment's trigger: which events are for this mapping.");

    public static final Property<Set<String>> MAPPING_COMPUTATION_CLASSES = add(
            "audiences.mapping.<id>.computation-classes",
            "audience",
            ValueType.setOf("audience", "journey_step"),
            "Which kinds of Segment computation are copied.");

    public static final Property<MappingValue> MAPPING_SEGMENT_AUDIENCE_ID = add(
            "audiences.mapping.<id>.segment-audience-id",
            "$.context.personas.computation_id",
            ValueType.mappingValue(),
            "Audience ID, LaunchDarkly's cohortId. Required in each event.");

    public static final Property<MappingValue> MAPPING_SEGMENT_AUDIENCE_KEY = add(
            "audiences.mapping.<id>.segment-audience-key",
            "$.context.personas.computation_key",
            ValueType.mappingValue(),
            "Audience key: the field that says true or false, and the origin of the segment's name. Required in each"
                    + " event.");

    public static final Property<MappingValue> MAPPING_SEGMENT_COMPUTATION_ACTION = add(
            "audiences.mapping.<id>.segment-computation-action",
            "$.context.personas.computation_class",
            ValueType.mappingValue(),
            "Where an event names its computation class.");

    public static final Property<MappingValue> MAPPING_CONTEXT_KIND = add(
            "audiences.mapping.<id>.context-kind",
            "user",
            ValueType.mappingValue(),
            "LaunchDarkly context kind of the members. Required in each event.");

    public static final Property<MappingValue> MAPPING_SEGMENT_USER_ID = add(
            "audiences.mapping.<id>.segment-user-id", "$.userId", ValueType.mappingValue(), "The person's user ID.");

    public static final Property<MappingValue> MAPPING_SEGMENT_ANONYMOUS_ID = add(
            "audiences.mapping.<id>.segment-anonymous-id",
            "$.anonymousId",
            ValueType.mappingValue(),
            "The person's anonymous ID.");

    public static final Property<MappingValue> MAPPING_USER_EMAIL = add(
            "audiences.mapping.<id>.user-email",
            "{\"@if\":{\"exists\":{\"@path\":\"$.traits.email\"},\"then\":{\"@path\":\"$.traits.email\"},"
                    + "\"else\":{\"@path\":\"$.context.traits.email\"}}}",
            ValueType.mappingValue(),
            "The person's email address.");

    public static final Property<ContextKeyPriority> MAPPING_CONTEXT_KEY = add(
            "audiences.mapping.<id>.context-key",
            "user_id_only",
            ValueType.oneOf(ContextKeyPriority.class),
            "Which of user ID, anonymous ID and email address becomes the LaunchDarkly context key. Of several,"
                    + " the first that the event has is used.");

    public static final Property<MappingValue> MAPPING_TRAITS_OR_PROPS = add(
            "audiences.mapping.<id>.traits-or-props",
            "",
            ValueType.mappingValue(),
            "The object that holds the audience key. Empty: $.properties if it has the key, else $.traits.");

    public static final Property<MappingValue> MAPPING_AUDIENCE_ACTION = add(
            "audiences.mapping.<id>.audience-action",
            "",
            ValueType.mappingValue(),
            "ADD or REMOVE, instead of the value under the audience key. true means ADD, false means REMOVE, and"
                    + " SKIP leaves the membership as it is. Empty: the value under the audience key decides.");

    public static final Property<MemberLists> MAPPING_MEMBERS = add(
            "audiences.mapping.<id>.members",
            "",
            ValueType.memberLists(),
            "Lists of people in an event, each followed by [*], such as $.users[*]. The event is read once for"
                    + " each person, with the person in place of the list: $.users.id is their ID. Empty: an event"
                    + " is about one person.");

    public static final Property<MappingValue> MAPPING_EVENT_TIME = add(
            "audiences.mapping.<id>.event-time",
            "",
            ValueType.mappingValue(),
            "When the event happened: ISO-8601, or seconds or milliseconds since 1970, as a number or text. If it"
                    + " is neither, the time of the event's arrival is used. Empty: timestamp, or else"
                    + " originalTimestamp, sentAt or receivedAt, in ISO-8601.");

    public static final Property<Boolean> MAPPING_ENABLE_BATCHING = add(
            "audiences.mapping.<id>.enable-batching",
            "true",
            ValueType.flag(),
            "Whether changes share requests. If not, each change is sent in a request of its own.");

    public static final Property<MembershipMode> MAPPING_MEMBERSHIP = add(
            "audiences.mapping.<id>.membership",
            "strict",
            ValueType.oneOf(MembershipMode.class),
            "How the value under the audience key is read. strict accepts true and false, also as text, and"
                    + " rejects anything else. segment works as the hosted destination: what JavaScript treats as"
                    + " true is ADD, and anything else, or no value, is REMOVE. segment-core works as Segment's"
                    + " framework since 2026: it accepts booleans only, in the traits of an identify and the"
                    + " properties of a track.");

    public static final Property<SyncMode> MAPPING_SYNC_MODE = add(
            "audiences.mapping.<id>.sync-mode",
            "none",
            ValueType.oneOf(SyncMode.class),
            "Which events of Reverse ETL the mapping takes; only for preset reverse-etl, which needs it. add: new"
                    + " rows add their person. update: updated rows add. upsert: new and updated rows add. delete:"
                    + " deleted rows remove. mirror: new and updated rows add, deleted rows remove.");

    public static final Property<String> MAPPING_LIST_IDENTIFIER = add(
            "audiences.mapping.<id>.list-identifier",
            "identifier",
            ValueType.text(),
            "Field of a list's entry that holds the context key, for preset rudderstack-audience-list.");

    // Batches

    public static final Property<Long> BATCH_MAX_MEMBERS = add(
            "audiences.batch.max-members",
            "1000",
            ValueType.number(1, 100_000),
            "Maximum number of members in one request to LaunchDarkly.");

    public static final Property<Long> BATCH_MAX_BYTES = add(
            "audiences.batch.max-bytes",
            "4000000",
            ValueType.number(10_000, MAX_INT / 2),
            "Maximum number of bytes in one request to LaunchDarkly. A batch counts as full at 15/16 of it.");

    public static final Property<Long> BATCH_MIN_WAIT_MS = add(
            "audiences.batch.min-wait-ms",
            "0",
            ValueType.number(0, 600_000),
            "How long a batch stays open for more changes, in milliseconds, even if its source has no more in hand"
                    + " and its audience has no request under way. A higher value makes fewer and larger requests."
                    + " A full batch does not wait. At most audiences.batch.max-wait-ms.");

    public static final Property<Long> BATCH_MAX_WAIT_MS = add(
            "audiences.batch.max-wait-ms",
            "1000",
            ValueType.number(1, 600_000),
            "Longest time that a batch stays open while its source has more in hand, such as a Kafka topic that is"
                    + " not read to its end, in milliseconds. Must be less than the time-out of each inbound that"
                    + " is on.");

    public static final Property<Boolean> BATCH_SKIP_REPEATS = add(
            "audiences.batch.skip-repeats",
            "true",
            ValueType.flag(),
            "Whether to send no request for a change that repeats what this process has delivered, or is about to"
                    + " deliver, for the same person and audience, and that is not newer.");

    public static final Property<Boolean> BATCH_SKIP_UNCHANGED = add(
            "audiences.batch.skip-unchanged",
            "false",
            ValueType.flag(),
            "Whether to send no request for newer changes, either, if LaunchDarkly has their state already."
                    + " Sending a whole audience again then takes hardly any requests. Use it only where no other"
                    + " process sends changes of the same people at the same time, because this process does not"
                    + " see those changes. Needs audiences.batch.skip-repeats=true.");

    public static final Property<Long> EVENT_TIME_MAX_REMEMBERED = add(
            "audiences.event-time.max-remembered",
            "100000",
            ValueType.number(0, 100_000_000),
            "How many states (one person in one audience) this process remembers, so that an older event that"
                    + " arrives late does not undo a newer one. Each takes about 250 bytes. Beyond this number,"
                    + " and after a restart, the store is asked; with audiences.store=memory, the order of arrival"
                    + " decides then.");

    // Membership store

    public static final Property<String> STORE = add(
            "audiences.store",
            "memory",
            ValueType.oneOf("memory", "file", "jdbc"),
            "Where the newest state of each person in each audience is kept, so that the newest state wins and"
                    + " repeats need no request. memory keeps it until the process ends; file keeps it in a file"
                    + " of this process alone; jdbc keeps it in a PostgreSQL database that several processes share.");

    public static final Property<String> STORE_FILE = add(
            "audiences.store.file",
            "data/memberships.db",
            ValueType.text(),
            "File of the store with audiences.store=file, a SQLite database. It is created if it does not exist."
                    + " Each process needs its own.");

    public static final Property<String> STORE_URL = add(
            "audiences.store.url",
            "",
            ValueType.postgresUrl(),
            "Database of the store with audiences.store=jdbc. Its tables are created and upgraded at start; their"
                    + " names begin with audiences_.");

    public static final Property<String> STORE_USER = add(
            "audiences.store.user",
            "",
            ValueType.text(),
            "User of that database. Empty: the URL has everything that is needed.");

    public static final Property<Secret> STORE_PASSWORD = secret("audiences.store.password", "Password of that user.");

    public static final Property<Long> STORE_TIMEOUT_MS = add(
            "audiences.store.timeout-ms",
            "2000",
            ValueType.number(1000, 60_000),
            "How long to wait for an answer of the store, in milliseconds. After that, the store counts as"
                    + " unavailable, and a separate thread keeps trying it.");

    public static final Property<Boolean> STORE_REQUIRED = add(
            "audiences.store.required",
            "false",
            ValueType.flag(),
            "Whether events stay with their sources while the store is unavailable. If not, they are delivered"
                    + " without the states in it.");

    public static final Property<String> STORE_LOOKUP = add(
            "audiences.store.lookup",
            "off",
            ValueType.oneOf("on", "off"),
            "Whether GET /v1/memberships, on the HTTP inbound's address and port, answers with the states of a"
                    + " person or an audience. It is available even if events do not come over HTTP.");

    public static final Property<String> STORE_FORGET = add(
            "audiences.store.forget",
            "off",
            ValueType.oneOf("on", "off"),
            "Whether DELETE /v1/memberships, on the HTTP inbound's address and port, removes a person from the"
                    + " store, from memory, from the folder of the dead letter, and on request from segments.");

    public static final Property<String> STORE_RESYNC = add(
            "audiences.store.resync",
            "off",
            ValueType.oneOf("on", "off"),
            "Whether POST /v1/resync, on the HTTP inbound's address and port, sends the states of the store to"
                    + " LaunchDarkly again. GET returns the progress; DELETE interrupts it.");

    // Destinations

    public static final Property<Secret> DESTINATION_SERVICE_TOKEN = secret(
            "audiences.destination.<id>.service-token",
            "LaunchDarkly service token with the Writer role, or a role that has createSegment and updateIncluded.");

    public static final Property<String> DESTINATION_CLIENT_SIDE_ID = add(
            "audiences.destination.<id>.client-side-id",
            "",
            ValueType.text(),
            "LaunchDarkly client-side ID, which names the environment.");

    public static final Property<LaunchDarklyInstance> DESTINATION_INSTANCE = add(
            "audiences.destination.<id>.instance",
            "us",
            ValueType.oneOf(LaunchDarklyInstance.class),
            "LaunchDarkly instance of the environment, which determines the two URLs below. LaunchDarkly's partner"
                    + " documentation says that synced segments are not available in eu and federal; the bundle"
                    + " warns about these at start.");

    public static final Property<String> DESTINATION_API_URL = add(
            "audiences.destination.<id>.api-url",
            "",
            ValueType.optionalBaseUrl(),
            "URL of LaunchDarkly's REST API, if it is not that of the instance, such as a proxy. Empty:"
                    + " https://app.launchdarkly.com for us, https://app.eu.launchdarkly.com for eu,"
                    + " https://app.launchdarkly.us for federal.");

    public static final Property<String> DESTINATION_SDK_URL = add(
            "audiences.destination.<id>.sdk-url",
            "",
            ValueType.optionalBaseUrl(),
            "URL of LaunchDarkly's host for client-side SDKs, which is asked whether the client-side ID exists."
                    + " Empty: https://clientsdk.launchdarkly.com, https://clientsdk.eu.launchdarkly.com or"
                    + " https://clientsdk.launchdarkly.us.");

    public static final Property<String> CHECK_CREDENTIALS = add(
            "audiences.check-credentials",
            "start",
            ValueType.oneOf("start", "off"),
            "Whether to check at start that LaunchDarkly knows the environment and the token of each destination.");

    // The way out of the network

    public static final Property<String> OUTBOUND_PROXY_HOST = add(
            "audiences.outbound.proxy-host",
            "",
            ValueType.optionalHost(),
            "Forward proxy for all HTTP requests of the bundle. Requests to https go through a tunnel (CONNECT),"
                    + " and requests to http go to the proxy as they are. Empty: for https, the proxy in the"
                    + " environment variable HTTPS_PROXY or https_proxy, as http://host:port or"
                    + " http://user:password@host:port.");

    public static final Property<Long> OUTBOUND_PROXY_PORT =
            add("audiences.outbound.proxy-port", "3128", ValueType.number(1, 65_535), "Port of that proxy.");

    public static final Property<String> OUTBOUND_PROXY_USER = add(
            "audiences.outbound.proxy-user",
            "",
            ValueType.text(),
            "User name for the proxy, if it asks for one (Basic authentication).");

    public static final Property<Secret> OUTBOUND_PROXY_PASSWORD =
            secret("audiences.outbound.proxy-password", "Password of that user.");

    public static final Property<DirectHosts> OUTBOUND_NO_PROXY = add(
            "audiences.outbound.no-proxy",
            "",
            ValueType.directHosts(),
            "Hosts that are reached without the proxy, in addition to loopback. A domain includes its subdomains."
                    + " * turns the proxy off. Empty: those in the environment variable NO_PROXY or no_proxy.");

    public static final Property<String> OUTBOUND_TLS_TRUSTSTORE = add(
            "audiences.outbound.tls-truststore",
            "",
            ValueType.text(),
            "File of certificates to trust in addition to those that the JVM trusts, in PEM, PKCS12 or JKS: that"
                    + " of a proxy that inspects TLS, for example.");

    public static final Property<Secret> OUTBOUND_TLS_TRUSTSTORE_PASSWORD =
            secret("audiences.outbound.tls-truststore-password", "Password of that file.");

    public static final Property<String> OUTBOUND_TLS_KEYSTORE = add(
            "audiences.outbound.tls-keystore",
            "",
            ValueType.text(),
            "File of the client certificate and private key for servers that ask for one, in PEM, PKCS12 or JKS.");

    public static final Property<Secret> OUTBOUND_TLS_KEYSTORE_PASSWORD =
            secret("audiences.outbound.tls-keystore-password", "Password of that file and of its key.");

    public static final Property<String> OUTBOUND_TLS_KEY = add(
            "audiences.outbound.tls-key",
            "",
            ValueType.text(),
            "File of the private key in PEM, if the certificate is in a PEM file without the key.");

    public static final Property<String> OUTBOUND_TLS_MIN_VERSION = add(
            "audiences.outbound.tls-min-version",
            "TLSv1.2",
            ValueType.oneOf("TLSv1.2", "TLSv1.3"),
            "Oldest version of TLS that is used.");

    // Delivery

    public static final Property<Long> DELIVERY_MAX_REQUESTS = add(
            "audiences.delivery.max-requests",
            "50",
            ValueType.number(1, 1_000_000),
            "Maximum number of requests to one destination in a throttle period.");

    public static final Property<Long> DELIVERY_THROTTLE_PERIOD_MS = add(
            "audiences.delivery.throttle-period-ms",
            "1000",
            ValueType.number(1, 600_000),
            "Length of the throttle period, in milliseconds.");

    public static final Property<Long> DELIVERY_MAX_CONCURRENT_REQUESTS = add(
            "audiences.delivery.max-concurrent-requests",
            "8",
            ValueType.number(1, 200),
            "Maximum number of requests to one destination at the same time. Each is for another audience.");

    public static final Property<Long> DELIVERY_RETRY_DELAY_MS = add(
            "audiences.delivery.retry-delay-ms",
            "200",
            ValueType.number(1, 600_000),
            "Delay before the second attempt, in milliseconds; it doubles with each attempt, and jitter is added.");

    public static final Property<Long> DELIVERY_MAX_RETRY_DELAY_MS = add(
            "audiences.delivery.max-retry-delay-ms",
            "30000",
            ValueType.number(1, 3_600_000),
            "Longest delay between attempts, in milliseconds, even if LaunchDarkly's Retry-After or"
                    + " X-Ratelimit-Reset asks for a longer one. LaunchDarkly's rate limit windows last 10"
                    + " seconds. Health reports a destination whose requests fail for longer than this delay.");

    public static final Property<Long> DELIVERY_PROBE_INTERVAL_MS = add(
            "audiences.delivery.probe-interval-ms",
            "10000",
            ValueType.number(10, 3_600_000),
            "Delay between attempts at a destination that is held because LaunchDarkly answers 401, 403 or 404, in"
                    + " milliseconds.");

    public static final Property<Long> DELIVERY_CONNECT_TIMEOUT_MS = add(
            "audiences.delivery.connect-timeout-ms",
            "3000",
            ValueType.number(1, 600_000),
            "Longest wait for a connection to LaunchDarkly, in milliseconds.");

    public static final Property<Long> DELIVERY_RESPONSE_TIMEOUT_MS = add(
            "audiences.delivery.response-timeout-ms",
            "10000",
            ValueType.number(1, 600_000),
            "Longest wait for LaunchDarkly's answer, in milliseconds.");

    public static final Property<Boolean> DELIVERY_LOG_BATCHES = add(
            "audiences.delivery.log-batches",
            "false",
            ValueType.flag(),
            "Whether to log a line for each batch, at level info: audience, number of members, outcome, status,"
                    + " attempts and duration. It does not name the members.");

    // Dead letter

    public static final Property<String> DEAD_LETTER_URI = add(
            "audiences.dead-letter.uri",
            "file:dead-letter",
            ValueType.deadLetterUri(),
            "Camel endpoint for events that can never be delivered. A folder gets files with lines of JSON; any"
                    + " other endpoint gets one message for each event. A folder belongs to one process.");

    public static final Property<Long> DEAD_LETTER_MAX_FILE_BYTES = add(
            "audiences.dead-letter.max-file-bytes",
            "100000000",
            ValueType.number(1, Long.MAX_VALUE),
            "Size at which a file of dead letters is full and the next one is begun, in bytes. Each day, by UTC,"
                    + " also begins a new file. Not with a fileName in the URI.");

    public static final Property<Long> DEAD_LETTER_MAX_BYTES = add(
            "audiences.dead-letter.max-bytes",
            "10000000000",
            ValueType.number(0, Long.MAX_VALUE),
            "Maximum number of bytes in the folder of the dead letter; 0 is no limit. At the limit nothing is"
                    + " deleted and nothing is written: sources keep events that cannot be delivered until you"
                    + " make room. Not with a fileName in the URI.");

    public static final Property<Long> DEAD_LETTER_MAX_AGE_DAYS = add(
            "audiences.dead-letter.max-age-days",
            "0",
            ValueType.number(0, 36_500),
            "Age at which a file of dead letters is deleted, in days by UTC; 0 keeps all. Files are checked after"
                    + " the start and each hour. Not with a fileName in the URI.");

    public static final Property<Long> DEAD_LETTER_MAX_WAIT_MS = add(
            "audiences.dead-letter.max-wait-ms",
            "100",
            ValueType.number(1, 60_000),
            "Longest time that a rejected event waits for others to share one write to disk, in milliseconds.");

    public static final Property<List<EventPath>> DEAD_LETTER_REDACT = add(
            "audiences.dead-letter.redact",
            "",
            ValueType.eventPaths(),
            "Personal data that dead letters leave out of their events: paths as in mappings, for example"
                    + " $.traits.email, $.context.ip, $.context.traits. [redacted] replaces each value, in the"
                    + " reason, too. In an array, a number is a position, and a name is that field of each item."
                    + " Input that could not be read as an event is left out completely. An event without a value"
                    + " that its mapping needs cannot be replayed.");

    public static final Property<String> DEAD_LETTER_CONTEXT_KEYS = add(
            "audiences.dead-letter.context-keys",
            "plain",
            ValueType.oneOf("plain", "hash"),
            "How dead letters show who an event is about: userId, anonymousId, and the fields that the mappings"
                    + " take context keys from. plain writes them as they are. hash writes hmac-sha256: and the"
                    + " HMAC-SHA256 of each, so that the letters of one person can be told from those of others."
                    + " Such letters cannot be replayed, and input that could not be read as an event is left out.");

    public static final Property<Secret> DEAD_LETTER_CONTEXT_KEY_SALT = secretAtStart(
            "audiences.dead-letter.context-key-salt",
            "Key of that HMAC, at least 16 characters, the same in each process. Anyone who has the key can find"
                    + " out by trying whose letter it is.");

    public static final Property<String> REPLAY = add(
            "audiences.replay",
            "off",
            ValueType.oneOf("on", "off"),
            "Whether POST /v1/dead-letters/replay, on the HTTP inbound's address and port, sends dead letters"
                    + " again. The limits of the HTTP inbound apply. It is available even if events do not come"
                    + " over HTTP.");

    // Secrets in files

    public static final Property<Long> SECRET_FILES_CHECK_INTERVAL_MS = add(
            "audiences.secret-files.check-interval-ms",
            "5000",
            ValueType.number(10, 3_600_000),
            "How often the files of secrets, keys and certificates are checked, in milliseconds. A file that has"
                    + " changed is read again.");

    // Traces

    public static final Property<String> TRACING = add(
            "audiences.tracing",
            "off",
            ValueType.oneOf("on", "off"),
            "Whether to create OpenTelemetry spans of requests, batches and attempts. OpenTelemetry's own"
                    + " variables, such as OTEL_EXPORTER_OTLP_ENDPOINT, say where to send them.");

    // Console

    public static final Property<String> CONSOLE = add(
            "audiences.console",
            "on",
            ValueType.oneOf("on", "off"),
            "Whether the management server shows what the bundle is doing, under /console. On an address other"
                    + " than loopback, it does so only if audiences.inbound.http.basic-credentials or"
                    + " bearer-tokens are set, and callers must authenticate with one of them.");

    public static final Property<String> CONSOLE_ACTIONS = add(
            "audiences.console.actions",
            "off",
            ValueType.oneOf("on", "off"),
            "Whether the console can also change things: send dead letters again, and switch mappings on and off"
                    + " until the next restart.");

    // Sandbox

    public static final Property<String> SANDBOX = add(
            "audiences.sandbox",
            "auto",
            ValueType.oneOf("auto", "on", "off"),
            "Whether events go to an embedded sandbox of LaunchDarkly. auto uses it only if no credentials are set.");

    public static final Property<Long> SANDBOX_PORT = add(
            "audiences.sandbox.port",
            "0",
            ValueType.number(0, 65_535),
            "Loopback port of the sandbox; 0 picks a free one.");

    private Catalogue() {}

    /** @return every property, in the order in which they are documented */
    public static List<Property<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    /** @return whether a new value of this secret takes effect only after a restart */
    static boolean isReadAtStart(Property<?> secret) {
        return READ_AT_START.contains(secret);
    }

    private static <T> Property<T> add(String key, String defaultValue, ValueType<T> type, String meaning) {
        Property<T> property = new Property<>(key, defaultValue, type, false, meaning);
        ALL.add(property);
        return property;
    }

    private static Property<List<Secret>> secrets(String key, ValueType<List<Secret>> type, String meaning) {
        return withFile(new Property<>(key, "", type, true, meaning), "It is read again when it changes.");
    }

    private static Property<Secret> secret(String key, String meaning) {
        return withFile(
                new Property<>(key, "", ValueType.secret(), true, meaning), "It is read again when it changes.");
    }

    private static Property<Secret> secretAtStart(String key, String meaning) {
        Property<Secret> property =
                withFile(new Property<>(key, "", ValueType.secret(), true, meaning), "It is read at start.");
        READ_AT_START.add(property);
        return property;
    }

    private static <T> Property<T> withFile(Property<T> secret, String when) {
        ALL.add(secret);
        add(
                secret.fileKey(),
                "",
                ValueType.optionalFile(),
                "File that holds " + secret.key() + ", instead of that property. " + when);
        return secret;
    }
}
