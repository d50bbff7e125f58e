package io.github.ldaudiences.fql;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.ldaudiences.event.SegmentEvent;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.support.LanguageSupport;
import org.apache.camel.support.PredicateToExpressionAdapter;

/**
 * The Camel language {@code fql}: Segment's filter query language over a message body that is an event, or any JSON
 * object. A body that is neither matches nothing.
 *
 * @see Fql the grammar
 */
public final class FqlLanguage extends LanguageSupport {

    @Override
    public Predicate createPredicate(String expression) {
        String resolved = resolve(expression);
        java.util.function.Predicate<JsonNode> compiled = Fql.compile(resolved);
        return new Predicate() {
            @Override
            public boolean matches(Exchange exchange) {
                JsonNode event = event(exchange.getMessage().getBody());
                return event != null && compiled.test(event);
            }

            @Override
            public String toString() {
                return "fql{" + resolved + "}";
            }
        };
    }

    @Override
    public Expression createExpression(String expression) {
        return PredicateToExpressionAdapter.toExpression(createPredicate(expression));
    }

    private String resolve(String expression) {
        return getCamelContext() == null ? expression : getCamelContext().resolvePropertyPlaceholders(expression);
    }

    private static JsonNode event(Object body) {
        if (body instanceof SegmentEvent event) {
            return event.json();
        }
        return body instanceof JsonNode json ? json : null;
    }
}
