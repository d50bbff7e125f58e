package io.github.ldaudiences.fql;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.event.EventChunk;
import io.github.ldaudiences.event.SegmentEvent;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.camel.support.LanguageSupport;

/**
 * The Camel language {@code fql}: Segment's filter query language. As a predicate it tests the message body, an event
 * or any other JSON object; other bodies never match. As an expression over an {@link EventChunk} it returns the chunk
 * without the events that do not match.
 *
 * @see Fql the grammar
 */
public final class FqlLanguage extends LanguageSupport {

    @Override
    public Predicate createPredicate(String expression) {
        return compile(expression);
    }

    @Override
    public Expression createExpression(String expression) {
        return compile(expression);
    }

    private Filter compile(String expression) {
        String resolved =
                getCamelContext() == null ? expression : getCamelContext().resolvePropertyPlaceholders(expression);
        return new Filter(resolved, Fql.compile(resolved));
    }

    private static final class Filter extends ExpressionAdapter implements Predicate {

        private final String expression;
        private final java.util.function.Predicate<JsonNode> compiled;

        Filter(String expression, java.util.function.Predicate<JsonNode> compiled) {
            this.expression = expression;
            this.compiled = compiled;
        }

        @Override
        public Object evaluate(Exchange exchange) {
            return exchange.getMessage().getBody() instanceof EventChunk chunk
                    ? chunk.where(compiled)
                    : (Object) matches(exchange);
        }

        @Override
        public boolean matches(Exchange exchange) {
            Object body = exchange.getMessage().getBody();
            Object event = body instanceof SegmentEvent segmentEvent ? segmentEvent.json() : body;
            return event instanceof JsonNode json && compiled.test(json);
        }

        @Override
        public String toString() {
            return "fql{" + expression + "}";
        }
    }
}
