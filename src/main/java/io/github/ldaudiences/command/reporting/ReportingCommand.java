package io.github.ldaudiences.command.reporting;

import io.github.ldaudiences.config.ConfigurationException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;

/** A command that prints why it could not do its work, and then has the exit code {@value #UNUSABLE}. */
public abstract class ReportingCommand implements Callable<Integer> {

    /** Exit code: options, configuration or input cannot be used. */
    protected static final int UNUSABLE = 2;

    /** Where results are printed. */
    protected final PrintStream out;

    /** Where problems are printed. */
    protected final PrintStream err;

    /**
     * @param out where results are printed
     * @param err where problems are printed
     */
    protected ReportingCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** @return the exit code */
    @Override
    public Integer call() {
        try {
            return run();
        } catch (ConfigurationException | UnusableException | IOException e) {
            err.println(UnusableException.sentence(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return UNUSABLE;
    }

    /**
     * Does the work.
     *
     * @return the exit code
     * @throws ConfigurationException if the configuration cannot be used
     * @throws UnusableException if something else cannot be used
     * @throws IOException if something cannot be read or written; the message is a sentence
     * @throws InterruptedException if the thread is interrupted
     */
    protected abstract int run() throws IOException, InterruptedException;
}
