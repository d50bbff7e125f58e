package io.github.ldaudiences.fql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** FQL as a language of Camel, found by its name. */
@Tag("mapping")
class FqlLanguageTest extends CamelTestSupport {

    @Override
    protected RoutesBuilder createRouteBuilder() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in")
                        .filter()
                        .language("fql", "type = \"track\" and match(event, \"Audience *\")")
                        .to("mock:out");
            }
        };
    }

    @Test
    void aFilterTakesWhatMatchesAndNothingElse() throws Exception {
        ObjectMapper json = new ObjectMapper();
        String entered = "{\"type\":\"track\",\"event\":\"Audience Entered\"}";
        getMockEndpoint("mock:out").expectedBodiesReceived(json.readTree(entered));
        template().sendBody("direct:in", json.readTree("{\"type\":\"track\",\"event\":\"Order Completed\"}"));
        template().sendBody("direct:in", json.readTree(entered));
        template().sendBody("direct:in", "text");
        template().sendBody("direct:in", null);
        getMockEndpoint("mock:out").assertIsSatisfied();
    }

    @Test
    void aWrongExpressionIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> context().resolveLanguage("fql").createPredicate("type == \"track\""))
                .hasMessageContaining("position 7");
        assertThat(context().resolveLanguage("fql")).isInstanceOf(FqlLanguage.class);
    }
}
