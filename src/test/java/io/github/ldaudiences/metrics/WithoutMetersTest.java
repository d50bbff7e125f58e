package io.github.ldaudiences.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.AudienceEvent;
import io.github.ldaudiences.fixture.FreePort;
import io.github.ldaudiences.fixture.ShippedRoutes;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bundle where runtimes bring no libraries for meters, or not all of them. */
@Tag("observe")
class WithoutMetersTest {

    @ParameterizedTest
    @CsvSource({
        "camel-micrometer.*|micrometer-.*|prometheus-.*, -1",
        // Another registry than Prometheus's.
        "camel-micrometer.*|micrometer-registry-prometheus.*|prometheus-.*, 1",
    })
    void eventsAreDeliveredWithoutTheLibrariesOfMeters(String missing, double delivered) throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(classPathWithout(missing), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            Callable<?> bundle = (Callable<?>) loader.loadClass(OneEvent.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            assertThat(bundle.call()).isEqualTo(delivered);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static URL[] classPathWithout(String missing) throws MalformedURLException {
        List<URL> left = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!new File(entry).getName().matches(missing)) {
                left.add(new File(entry).toURI().toURL());
            }
        }
        return left.toArray(URL[]::new);
    }

    /** Sends one event to a bundle, and returns how many are delivered by its meter, or -1 if it can have none. */
    public static final class OneEvent implements Callable<Double> {

        @Override
        public Double call() throws Exception {
            boolean hasMicrometer = isThere("io.micrometer.core.instrument.MeterRegistry");
            assertThat(isThere("io.prometheus.metrics.model.registry.PrometheusRegistry"))
                    .isFalse();
            String port = Integer.toString(FreePort.find());
            try (CamelContext context = new DefaultCamelContext(false)) {
                context.setApplicationContextClassLoader(getClass().getClassLoader());
                context.build();
                context.getPropertiesComponent().setLocation("file:application.properties");
                context.getPropertiesComponent().addOverrideProperty("audiences.inbound.http.port", port);
                if (hasMicrometer) {
                    Micrometer.bind(context);
                }
                ShippedRoutes.load(context);
                context.start();
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/events"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                AudienceEvent.entered("u1").toString()))
                        .build();
                assertThat(HttpClient.newHttpClient()
                                .send(request, HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(200);
                return hasMicrometer ? Micrometer.delivered(context) : -1;
            }
        }

        private static boolean isThere(String className) {
            try {
                Class.forName(className);
                return true;
            } catch (ClassNotFoundException e) {
                return false;
            }
        }
    }

    private static final class Micrometer {

        static void bind(CamelContext context) {
            context.getRegistry().bind("meterRegistry", new SimpleMeterRegistry());
        }

        static double delivered(CamelContext context) {
            return context.getRegistry()
                    .findSingleByType(MeterRegistry.class)
                    .get("audiences.events")
                    .tag("outcome", "delivered")
                    .functionCounter()
                    .count();
        }
    }
}
