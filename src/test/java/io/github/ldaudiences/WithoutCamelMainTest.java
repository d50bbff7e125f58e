package io.github.ldaudiences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.ShippedRoutes;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The core in a plain Camel context, as runtimes without Camel Main have it. */
@Tag("config")
class WithoutCamelMainTest {

    @Test
    void theSameRoutesAndPropertiesRunInAPlainCamelContext() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (CamelContext context = new DefaultCamelContext()) {
            Properties own = new Properties();
            own.setProperty("audiences.inbound.http.port", Integer.toString(port));
            own.setProperty("audiences.batch.max-wait-ms", "50");
            context.getPropertiesComponent().setLocation("file:application.properties");
            context.getPropertiesComponent().setOverrideProperties(own);
            Properties first = new Properties();
            first.setProperty("audiences.mapping.sync-engage-audience.segment-user-id", "$.anonymousId");
            context.getPropertiesComponent().setInitialProperties(first);
            ShippedRoutes.load(context);
            context.start();

            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/events"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            AudienceEvent.entered("u1").anonymous("a1").toString()))
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(context.hasService(Audiences.class)
                            .sandbox()
                            .segments()
                            .at("/segments/0/included/0")
                            .asText())
                    .isEqualTo("a1");
        }
    }

    @Test
    void httpRoutesThatAreLoadedBeforeTheirErrorRepliesDoNotStart() throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            context.getPropertiesComponent().setLocation("file:application.properties");
            for (Resource file : ShippedRoutes.files(context)) {
                PluginHelper.getRoutesLoader(context).loadRoutes(List.of(file));
            }
            assertThatThrownBy(context::start)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("explain, ")
                    .hasMessageContaining("http-errors")
                    .hasMessageContaining("http-reply.camel.yaml");
        }
    }

    @Test
    void aContextWithTheBundlesPropertiesAndNoneOfItsRoutesDoesNotStart() throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            context.getPropertiesComponent()
                    .addOverrideProperty("audiences.mapping.sync-engage-audience.enabled", "true");
            assertThatThrownBy(context::start)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("Routes are missing: inbound-http (inbound-http.camel.yaml), ")
                    .hasMessageContaining("The jar of the bundle has their files, in classpath:routes/.");
        }
    }

    @Test
    void aContextWithTheBundlesRoutesAndNoneOfItsPropertiesDoesNotStart() throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            ShippedRoutes.load(context);
            assertThatThrownBy(context::start)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("has routes of the bundle, but no property");
        }
    }

    @Test
    void aContextWhosePropertiesSayNothingOfAudiencesIsLeftAlone() throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            context.start();
            assertThat(context.hasService(Audiences.class)).isNull();
        }
    }
}
