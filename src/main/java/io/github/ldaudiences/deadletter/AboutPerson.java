package io.github.ldaudiences.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.mapping.MemberLists;
import io.github.ldaudiences.mapping.PeopleOfEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Says whether a dead letter is about a person. */
public final class AboutPerson {

    /** How a letter relates to a person. */
    enum Answer {
        /** Its event is about this person only. */
        YES,
        /**
         * It contains the person's key, but its event cannot be read, is about others as well, or has the key somewhere
         * else.
         */
        MENTIONED,
        /** It does not contain the person's key. */
        NO
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Collection<Mapping> mappings;
    private final Set<String> keys;
    private final String contextKind;

    /**
     * @param mappings say which people an event is about
     * @param keys the keys by which letters may name the person
     * @param contextKind LaunchDarkly context kind, or null for all
     */
    public AboutPerson(Collection<Mapping> mappings, Set<String> keys, String contextKind) {
        this.mappings = mappings;
        this.keys = keys;
        this.contextKind = contextKind;
    }

    /** @param line a line of a dead-letter file, without its end */
    Answer of(byte[] line) {
        byte[] content = line;
        try {
            ReplayedLetter letter = ReplayedLetter.read(line, 0, line.length);
            content = letter.content();
            JsonNode event = JSON.readTree(content);
            Set<String> people = new HashSet<>();
            Set<String> listed = new HashSet<>();
            for (Mapping mapping : mappings) {
                if (letter.mapping() == null || letter.mapping().equals(mapping.id())) {
                    Set<String> found = PeopleOfEvent.of(mapping, event, contextKind);
                    people.addAll(found);
                    if (mapping.person().members() != MemberLists.NONE) {
                        listed.addAll(found);
                    }
                }
            }
            if (keys.stream().anyMatch(people::contains)) {
                return listed.size() > 1 ? Answer.MENTIONED : Answer.YES;
            }
            return contextKind == null && mentions(event) ? Answer.MENTIONED : Answer.NO;
        } catch (NoDeadLetterException | IOException e) {
            String text = new String(content, StandardCharsets.UTF_8);
            return keys.stream().anyMatch(text::contains) ? Answer.MENTIONED : Answer.NO;
        }
    }

    private boolean mentions(JsonNode node) {
        if (node.isTextual()) {
            return keys.contains(node.textValue());
        }
        for (JsonNode inner : node) {
            if (mentions(inner)) {
                return true;
            }
        }
        return false;
    }
}
