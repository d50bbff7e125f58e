package io.github.ldaudiences.command.reporting;

import io.github.ldaudiences.config.ConfigurationException;
import io.github.ldaudiences.config.Settings;
import java.io.PrintStream;
import java.util.function.Supplier;

/** A command that needs the bundle's configuration. */
public abstract class ConfiguredCommand extends ReportingCommand {

    private final Supplier<Settings> configuration;

    /**
     * @param configuration reads the settings, or throws {@link ConfigurationException}
     * @param out where results are printed
     * @param err where problems are printed
     */
    protected ConfiguredCommand(Supplier<Settings> configuration, PrintStream out, PrintStream err) {
        super(out, err);
        this.configuration = configuration;
    }

    /**
     * @return the settings, which are read now
     * @throws ConfigurationException if they cannot be used
     */
    protected final Settings settings() {
        return configuration.get();
    }
}
