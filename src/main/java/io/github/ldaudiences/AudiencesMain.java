package io.github.ldaudiences;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.importing.ImportMapping;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
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
     * Runs until the process is told to stop, or, if the first argument is the name of a command, runs that.
     *
     * @param args {@code import-mapping} and its arguments, or as Camel Main takes them
     * @throws Exception if it cannot start
     */
    public static void main(String[] args) throws Exception {
        if (args.length > 0 && ImportMapping.NAME.equals(args[0])) {
            List<String> arguments = List.of(args).subList(1, args.length);
            System.exit(ImportMapping.run(arguments, System.in, System.out, System.err));
        }
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
