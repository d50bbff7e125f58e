package io.github.ldaudiences.command.importing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A Segment destination subscription. Segment's user interface calls it a mapping.
 *
 * @param name its name, not empty
 * @param enabled whether it is on
 * @param trigger FQL, or null for none
 * @param fields the values of its action's fields, by Segment's names, none of them null
 * @param others any other fields, none of them null
 */
record Subscription(
        String name, boolean enabled, String trigger, Map<String, JsonNode> fields, Map<String, JsonNode> others) {}
