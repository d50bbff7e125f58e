package io.github.ldaudiences;

import io.github.ldaudiences.config.ConfigurationException;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.support.LifecycleStrategySupport;

/** Starts the bundle standalone, on Camel Main. */
public final class AudiencesMain {

    private static final String PROPERTIES = "file:application.properties;optional=true";

    private AudiencesMain() {}

    /**
     * Runs until the process is told to stop.
     *
     * @param args as Camel Main takes them
     * @throws Exception if it cannot start
     */
    public static void main(String[] args) throws Exception {
        try {
            int exitCode = create().run(args);
            if (exitCode != 0) {
                System.exit(exitCode);
            }
        } catch (ConfigurationException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    /** @return Camel Main with the bundle in it, not yet started */
    static Main create() {
        Main main = new Main();
        String profile = System.getProperty("camel.main.profile", System.getenv("CAMEL_MAIN_PROFILE"));
        main.setDefaultPropertyPlaceholderLocation(
                profile == null
                        ? PROPERTIES
                        : "file:application-" + profile + ".properties;optional=true," + PROPERTIES);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport configured) {
                CamelContext context = configured.getCamelContext();
                Audiences audiences = Audiences.install(context);
                context.addLifecycleStrategy(new LifecycleStrategySupport() {
                    @Override
                    public void onContextStarted(CamelContext started) {
                        MeterRegistry registry = started.getRegistry().findSingleByType(MeterRegistry.class);
                        if (registry != null) {
                            audiences.meters().bindTo(registry);
                        }
                    }
                });
            }
        });
        return main;
    }
}
