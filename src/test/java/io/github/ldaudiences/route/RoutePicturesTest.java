package io.github.ldaudiences.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The pictures in the documentation show the routes as they are. */
@Tag("project")
class RoutePicturesTest {

    private static final Path PICTURES = Path.of("docs/routes.md");
    private static final String BEGIN = "<!-- pictures: made from routes/, see RoutePicturesTest -->\n";
    private static final String END = "<!-- end of pictures -->";

    @Test
    void thePicturesAreThoseOfTheRoutes() throws IOException {
        String text = Files.readString(PICTURES);
        String pictures = new RoutePictures(Path.of("routes")).markdown();
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        if (Boolean.getBoolean("update-reference")) {
            Files.writeString(PICTURES, text.substring(0, begin) + pictures + text.substring(end));
            return;
        }
        assertThat(text.substring(begin, end))
                .as("run mvn test -Dtest=RoutePicturesTest -Dupdate-reference=true")
                .isEqualTo(pictures);
    }
}
