package io.github.ldaudiences.command.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Formats a status document as text for a terminal. */
final class StatusText {

    private final JsonNode status;
    private final StringBuilder text = new StringBuilder();

    /** @param status the document */
    StatusText(JsonNode status) {
        this.status = status;
    }

    /** Whether someone should act: a destination accepts no requests, or something cannot be written. */
    boolean needsAttention() {
        boolean failing = false;
        for (JsonNode destination : status.path("destinations")) {
            failing |= !destination.path("state").asText().equals("taking");
        }
        return failing
                || status.path("deadLetter").hasNonNull("problem")
                || status.path("store").hasNonNull("problem");
    }

    @Override
    public String toString() {
        line(
                "Bundle",
                (status.hasNonNull("version") ? text(status, "version") + ", " : "") + "Camel "
                        + text(status, "camelVersion") + ", running since " + text(status, "since")
                        + (status.path("sandbox").asBoolean() ? ", with the sandbox" : ""));
        line("Inbounds", joined(status.path("inbounds")));
        StringJoiner events = new StringJoiner(", ");
        status.path("events").fields().forEachRemaining(each -> events.add(each.getValue() + " " + each.getKey()));
        line("Events", events + "; " + text(status, "eventsPerSecond") + " a second");
        JsonNode backlog = status.path("backlog");
        line(
                "Backlog",
                text(backlog, "events") + " of " + text(backlog, "maxEvents") + " events, " + text(backlog, "bytes")
                        + " of " + text(backlog, "maxBytes") + " bytes, the oldest "
                        + text(backlog, "oldestEventAgeSeconds") + " s");
        if (status.hasNonNull("kafkaLag")) {
            line("Kafka", "lag " + text(status, "kafkaLag"));
        }
        JsonNode letters = status.path("deadLetter");
        line(
                "Dead letter",
                text(letters, "uri")
                        + (letters.hasNonNull("files")
                                ? ", " + text(letters, "files") + " files, " + text(letters, "bytes") + " bytes"
                                : "")
                        + problem(letters));
        JsonNode store = status.path("store");
        if (store.isObject()) {
            line(
                    "Store",
                    text(store, "kind") + ", " + text(store, "pending") + " states to be written" + problem(store));
        }
        List<String[]> mappings = rows("MAPPING", "STATE", "DESTINATION", "MAPPED", "SKIPPED", "REJECTED", "TRIGGER");
        status.path("mappings")
                .forEach(each -> mappings.add(
                        row(each, "id", "state", "destination", "mapped", "skipped", "rejected", "trigger")));
        table(mappings);
        for (JsonNode each : status.path("destinations")) {
            text.append('\n');
            line(
                    "Destination",
                    text(each, "id") + ", environment " + text(each, "clientSideId") + " at " + text(each, "apiUrl"));
            line(
                    "",
                    switch (text(each, "state")) {
                        case "taking" ->
                            "takes requests"
                                    + (each.hasNonNull("lastError")
                                            ? "; last error " + text(each, "lastErrorTime") + ": "
                                                    + text(each, "lastError")
                                            : "");
                        case "held" -> "HELD since " + text(each, "since") + ": " + text(each, "problem");
                        default -> "FAILING since " + text(each, "since") + ": " + text(each, "problem");
                    });
            JsonNode limit = each.path("rateLimit");
            StringJoiner known = new StringJoiner(", ");
            known.setEmptyValue("no limit known");
            if (limit.hasNonNull("left")) {
                known.add(text(limit, "left") + " left");
            }
            if (limit.hasNonNull("resetsAt")) {
                known.add("resets at " + text(limit, "resetsAt"));
            }
            if (limit.hasNonNull("waitingUntil")) {
                known.add("waiting until " + text(limit, "waitingUntil"));
            }
            line("", "rate limit: " + known);
        }
        if (!status.path("oldestBatches").isEmpty()) {
            text.append('\n');
            line("Under way", text(status, "audiencesUnderWay") + " audiences, the oldest:");
            List<String[]> batches = rows("AUDIENCE", "KEY", "DESTINATION", "MEMBERS", "STATE", "SINCE", "ATTEMPTS");
            status.path("oldestBatches")
                    .forEach(each -> batches.add(row(
                            each,
                            "audienceId",
                            "audienceKey",
                            "destination",
                            "members",
                            "state",
                            "since",
                            "attempts")));
            table(batches);
        }
        return text.toString();
    }

    private void line(String name, String value) {
        text.append(String.format("%-13s%s%n", name, value));
    }

    private static String joined(JsonNode texts) {
        StringJoiner joined = new StringJoiner(", ");
        texts.forEach(each -> joined.add(shown(each)));
        return joined.toString();
    }

    private static String problem(JsonNode node) {
        return node.hasNonNull("problem") ? ". PROBLEM: " + text(node, "problem") : "";
    }

    private static List<String[]> rows(String... heading) {
        List<String[]> rows = new ArrayList<>();
        rows.add(heading);
        return rows;
    }

    private static String[] row(JsonNode node, String... names) {
        String[] row = new String[names.length];
        for (int i = 0; i < names.length; i++) {
            row[i] = text(node, names[i]);
        }
        return row;
    }

    private void table(List<String[]> rows) {
        text.append('\n');
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(String.format("%-" + (widths[i] + 2) + "s", row[i]));
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
    }

    private static String text(JsonNode node, String name) {
        return shown(node.path(name));
    }

    /** Removes terminal control characters, because audience keys come from outside. */
    private static String shown(JsonNode value) {
        return value.isNull() || value.isMissingNode() ? "-" : value.asText().replaceAll("\\p{Cntrl}", " ");
    }
}
