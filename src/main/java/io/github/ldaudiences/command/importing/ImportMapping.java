package io.github.ldaudiences.command.importing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.ldaudiences.command.reporting.NamedInput;
import io.github.ldaudiences.command.reporting.ReportingCommand;
import io.github.ldaudiences.command.reporting.UnusableException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command {@code import-mapping}: prints the properties for Segment subscriptions, and what they cannot express.
 */
@Command(
        name = "import-mapping",
        description = "Prints the properties for the mappings of a Segment destination (docs/mappings.md).",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything is carried over",
            "1:something is not; the standard error, or the JSON, says what",
            "2:the input cannot be used; the standard error says why"
        })
public final class ImportMapping extends ReportingCommand {

    private static final int ALL_CARRIED_OVER = 0;
    private static final int SOME_NOT_CARRIED_OVER = 1;

    private final InputStream in;

    @Parameters(
            paramLabel = "<file>",
            arity = "0..1",
            defaultValue = NamedInput.STANDARD_INPUT,
            description = "File with subscriptions as JSON; without it, or with -, the standard input.")
    private String file;

    @Option(names = "--json", description = "Print properties and problems as JSON.")
    private boolean asJson;

    /**
     * @param in the standard input
     * @param out where the properties are printed
     * @param err where problems are printed
     */
    public ImportMapping(InputStream in, PrintStream out, PrintStream err) {
        super(out, err);
        this.in = in;
    }

    /** @return 0 if everything is carried over, 1 if something is not */
    @Override
    protected int run() {
        byte[] content = NamedInput.read(file, in);
        try {
            return translate(SubscriptionReader.read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString()));
        } catch (CharacterCodingException e) {
            throw new UnusableException("The input cannot be read: " + e);
        }
    }

    private int translate(List<Subscription> subscriptions) {
        MappingIds ids = new MappingIds();
        List<ImportedMapping> mappings = new ArrayList<>();
        for (Subscription subscription : subscriptions) {
            mappings.add(SubscriptionTranslator.translate(subscription, ids.of(subscription.name())));
        }
        if (asJson) {
            out.println(json(mappings).toPrettyString());
        } else {
            print(mappings);
        }
        out.flush();
        return mappings.stream().allMatch(mapping -> mapping.problems().isEmpty())
                ? ALL_CARRIED_OVER
                : SOME_NOT_CARRIED_OVER;
    }

    private void print(List<ImportedMapping> mappings) {
        String between = "";
        for (ImportedMapping mapping : mappings) {
            out.print(between + PropertiesPrinter.print(mapping));
            between = "\n";
            mapping.problems().forEach(problem -> err.println(mapping.id() + ": " + problem));
        }
    }

    private static ObjectNode json(List<ImportedMapping> mappings) {
        ObjectMapper mapper = new ObjectMapper();
        ArrayNode list = mapper.createArrayNode();
        mappings.forEach(mapping -> list.add(mapper.valueToTree(mapping)));
        return mapper.createObjectNode().set("mappings", list);
    }
}
