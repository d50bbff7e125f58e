package io.github.ldaudiences;

import org.apache.camel.main.Main;

/** Lets fixtures in other packages start what {@link AudiencesMain} starts. */
public final class StandaloneBundle {

    private StandaloneBundle() {}

    public static Main create() {
        return AudiencesMain.create();
    }
}
