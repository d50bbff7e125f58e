package io.github.ldaudiences.mapping;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads RudderStack's audience lists: {@code properties.listData: {add: [{identifier}], remove: [{identifier}]}}. A
 * person on both lists is removed.
 */
public final class AudienceLists {

    /** The lists of people who enter and of people who leave. */
    public static final MemberLists MEMBERS =
            MemberLists.parse("$.properties.listData.add[*],$.properties.listData.remove[*]");

    /** Whether they enter or leave. */
    public static final MappingValue ACTION =
            eitherOf(PathValue.of(list("add")), literal(AudienceAction.ADD), literal(AudienceAction.REMOVE));

    private AudienceLists() {}

    /**
     * @param field the field of a list's entry that holds the person's identifier
     * @return the identifier
     */
    public static MappingValue identifier(String field) {
        MappingValue ofAdded = PathValue.of(list("add", field));
        return eitherOf(ofAdded, ofAdded, PathValue.of(list("remove", field)));
    }

    private static MappingValue eitherOf(MappingValue tested, MappingValue then, MappingValue otherwise) {
        return new ConditionalValue(tested, ConditionalValue.Question.EXISTS, then, otherwise);
    }

    private static List<String> list(String... names) {
        List<String> steps = new ArrayList<>(List.of("properties", "listData"));
        steps.addAll(List.of(names));
        return steps;
    }

    private static MappingValue literal(AudienceAction action) {
        return new LiteralValue(TextNode.valueOf(action.name()));
    }
}
