package io.github.ldaudiences.deploy;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.deploy.Pipeline.Call;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** The Jenkinsfile is a declarative pipeline, and names what there is: as far as that can be seen without a Jenkins. */
@Tag("project")
class JenkinsfileTest {

    private static final Set<String> CONDITIONS = Set.of(
            "always",
            "changed",
            "fixed",
            "regression",
            "aborted",
            "failure",
            "success",
            "unstable",
            "unsuccessful",
            "cleanup");
    private static final Set<String> WHEN = Set.of(
            "branch",
            "buildingTag",
            "changelog",
            "changeset",
            "changeRequest",
            "environment",
            "equals",
            "expression",
            "tag",
            "not",
            "allOf",
            "anyOf",
            "triggeredBy",
            "isRestartedRun",
            "beforeAgent",
            "beforeInput",
            "beforeOptions");
    /** Steps of Jenkins' own plugins, as far as this pipeline needs them. */
    private static final Set<String> STEPS =
            Set.of("sh", "junit", "archiveArtifacts", "stash", "unstash", "dir", "deleteDir", "withCredentials");
    /** What may stand in a block; in one that is not named here, nothing but steps. */
    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            entry(
                    "pipeline",
                    Set.of(
                            "agent",
                            "stages",
                            "environment",
                            "options",
                            "parameters",
                            "triggers",
                            "tools",
                            "libraries",
                            "post")),
            entry("stages", Set.of("stage")),
            entry("parallel", Set.of("stage")),
            entry(
                    "stage",
                    Set.of(
                            "agent",
                            "environment",
                            "options",
                            "input",
                            "tools",
                            "when",
                            "post",
                            "failFast",
                            "steps",
                            "stages",
                            "parallel",
                            "matrix")),
            entry("agent", Set.of("label", "node", "docker", "dockerfile", "kubernetes")),
            entry(
                    "options",
                    Set.of(
                            "timeout",
                            "retry",
                            "timestamps",
                            "skipDefaultCheckout",
                            "disableConcurrentBuilds",
                            "buildDiscarder",
                            "disableResume",
                            "preserveStashes",
                            "quietPeriod",
                            "skipStagesAfterUnstable")),
            entry("environment", Set.of("=")),
            entry("post", CONDITIONS),
            entry("when", WHEN),
            entry("not", WHEN),
            entry("allOf", WHEN),
            entry("anyOf", WHEN));
    /** A path in a shell script: no part of a URL, an option, or what a variable holds. */
    private static final Pattern PATH = Pattern.compile("(?<![\\w$/.:{}*-])[\\w.*-]+(?:/[\\w.*-]+)+");

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Za-z_]+)");

    private static final XPath XPATH = XPathFactory.newInstance().newXPath();
    private static final Document POM = parse();
    private static final List<Call> TOP = Pipeline.read(Path.of("Jenkinsfile"));

    private final Call pipeline = TOP.get(0);
    private final List<Call> stages =
            pipeline.walk().filter(call -> call.name().equals("stage")).toList();
    private final List<Call> scripts =
            pipeline.walk().filter(call -> call.name().equals("sh")).toList();

    @Test
    void everyBlockHoldsOnlyWhatADeclarativePipelineAllowsThere() {
        assertThat(TOP).singleElement().satisfies(call -> assertThat(call.name())
                .isEqualTo("pipeline"));
        assertThat(pipeline.only("agent").block()).isNotEmpty();
        assertThat(pipeline.only("stages").block()).isNotEmpty();
        pipeline.walk().filter(call -> !call.block().isEmpty()).forEach(call -> assertThat(call.block())
                .as(call.toString())
                .extracting(Call::name)
                .isSubsetOf(ALLOWED.getOrDefault(call.name(), STEPS)));
        // Each section once; steps, stages and conditions as often as wanted.
        pipeline.walk()
                .filter(call -> Set.of("pipeline", "stage", "post").contains(call.name()))
                .forEach(call -> assertThat(call.block())
                        .as(call.toString())
                        .extracting(Call::name)
                        .doesNotHaveDuplicates());
    }

    @Test
    void everyStageHasANameOfItsOwnAndOneThingToDo() {
        assertThat(stages)
                .allSatisfy(stage -> assertThat(stage.block())
                        .as(stage.toString())
                        .extracting(Call::name)
                        .filteredOn(Set.of("steps", "stages", "parallel", "matrix")::contains)
                        .hasSize(1))
                .allSatisfy(stage -> assertThat(stage.arguments()).hasSize(1))
                .extracting(stage -> stage.arguments().get(0))
                .doesNotHaveDuplicates()
                .contains("Build", "Test", "Karaf test", "Package", "SBOM", "Image", "Publish image", "Publish");
    }

    @Test
    void everyStageEndsInTime() {
        assertThat(pipeline.only("options").only("timeout").named()).containsKeys("time", "unit");
        assertThat(stages)
                .filteredOn(stage -> stage.walk().anyMatch(call -> call.name().equals("sh")))
                .allSatisfy(stage -> assertThat(stages)
                        .as(stage.toString())
                        .anyMatch(outer -> outer.walk().anyMatch(stage::equals)
                                && outer.has("options")
                                && outer.only("options").has("timeout")));
    }

    @Test
    void credentialsAreThereOnlyForMainAndTagsAndNeverForAPullRequest() {
        List<Call> withCredentials = stages.stream()
                .filter(stage -> stage.has("steps"))
                .filter(stage -> stage.walk().anyMatch(call -> call.name().equals("withCredentials")))
                .toList();
        assertThat(withCredentials).hasSize(2).allSatisfy(stage -> {
            Call when = stage.only("when");
            assertThat(when.only("not").block()).extracting(Call::name).containsExactly("changeRequest");
            assertThat(when.only("anyOf").block())
                    .extracting(Call::name)
                    .containsExactlyInAnyOrder("branch", "buildingTag");
            assertThat(when.only("anyOf").only("branch").arguments()).containsExactly("main");
        });
        assertThat(scripts)
                .filteredOn(script ->
                        text(script).contains("docker push") || text(script).contains("mvn -B deploy"))
                .allSatisfy(script -> assertThat(withCredentials)
                        .anyMatch(stage -> stage.walk().anyMatch(script::equals)))
                .hasSize(2);
    }

    @Test
    void credentialsAreNamedByIdAndShownByNoCommand() {
        List<Call> bindings = pipeline.walk()
                .filter(call -> call.name().equals("withCredentials"))
                .flatMap(call -> call.walk().skip(1))
                .filter(call -> call.named().containsKey("credentialsId"))
                .toList();
        assertThat(bindings)
                .extracting(binding -> binding.named().get("credentialsId"))
                .containsExactlyInAnyOrder("maven-repository", "image-registry");
        for (Call binding : bindings) {
            String password = (String) binding.named().get("passwordVariable");
            assertThat(pipeline.walk())
                    .noneMatch(call -> call.name().equals("=")
                            && call.arguments().get(1).toString().contains(password));
            for (Call script : scripts) {
                assertThat(text(script).lines().filter(line -> line.contains(password)))
                        .as(script.toString())
                        .allMatch(line -> line.strip().startsWith("printf '%s' \"$" + password + "\" |"));
                if (text(script).contains(password)) {
                    assertThat(text(script).strip()).startsWith("set +x");
                }
            }
        }
    }

    @Test
    void whatTheSettingsOfMavenTakeFromTheEnvironmentIsWhatTheCredentialsAreBoundTo() throws IOException {
        String settings = Files.readString(Path.of(".ci/settings.xml"));
        Map<String, Object> binding = pipeline.walk()
                .map(Call::named)
                .filter(named -> "maven-repository".equals(named.get("credentialsId")))
                .findFirst()
                .orElseThrow();
        assertThat(settings)
                .contains("<username>${env." + binding.get("usernameVariable") + "}</username>")
                .contains("<password>${env." + binding.get("passwordVariable") + "}</password>");
        assertThat(scripts).anyMatch(script -> text(script).contains("-gs .ci/settings.xml"));
        Stream.of("Release", "Snapshot").forEach(kind -> assertThat(scripts)
                .anyMatch(script -> text(script).contains("-Dalt" + kind + "DeploymentRepository=\"publish::")));
        assertThat(settings).contains("<id>publish</id>");
    }

    @Test
    void everyVariableOfAScriptIsSetSomewhere() throws IOException {
        String header = Files.readString(Path.of("Jenkinsfile")).split("\npipeline")[0];
        for (Call script : scripts) {
            Set<String> own = Set.copyOf(Pattern.compile("\\b([A-Za-z_]+)=")
                    .matcher(text(script))
                    .results()
                    .map(result -> result.group(1))
                    .toList());
            assertThat(VARIABLE.matcher(text(script)).results().map(result -> result.group(1)))
                    .as(script.toString())
                    .allMatch(name -> own.contains(name)
                            || name.equals("GIT_COMMIT")
                            || Pattern.compile("\\b" + name + "\\b")
                                    .matcher(header)
                                    .find()
                            || pipeline.walk()
                                    .anyMatch(call -> call.arguments().contains(name)
                                                    && call.name().equals("=")
                                            || call.named().containsValue(name)));
        }
    }

    @Test
    void everyScriptIsBashAndNothingOfItIsGroovys() throws Exception {
        assertThat(scripts).isNotEmpty();
        for (Call script : scripts) {
            assertThat(script.arguments())
                    .as("%s is a text into which Groovy puts nothing", script)
                    .singleElement()
                    .isInstanceOf(String.class);
            Process bash =
                    new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
            try (var in = bash.outputWriter()) {
                in.write(text(script));
            }
            String said = new String(bash.getInputStream().readAllBytes());
            assertThat(bash.waitFor()).as(script + ": " + said).isZero();
        }
    }

    @Test
    void everyPathIsAFileOfTheRepositoryOrAnOutputOfTheBuild() throws Exception {
        List<String> paths = new ArrayList<>();
        for (Call script : scripts) {
            PATH.matcher(text(script)).results().map(MatchResult::group).forEach(paths::add);
        }
        pipeline.walk()
                .flatMap(call -> Stream.of("artifacts", "testResults", "includes")
                        .map(call.named()::get)
                        .filter(String.class::isInstance)
                        .map(String.class::cast))
                .forEach(patterns -> paths.addAll(List.of(patterns.split(",\\s*"))));
        assertThat(paths).contains("docker/Dockerfile", "target/bom.json");
        List<Path> outputs = outputs();
        assertThat(paths).allSatisfy(path -> {
            // Where the image is built has the same outputs.
            String pattern = path.replaceFirst("^image/build/", "");
            if (pattern.startsWith("target/")) {
                var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
                assertThat(outputs).as(path).anyMatch(matcher::matches);
            } else {
                assertThat(Path.of(pattern)).exists();
            }
        });
    }

    /** What the build leaves behind that somebody may ask for. */
    private static List<Path> outputs() throws Exception {
        String artifact = pom("/project/artifactId").get(0);
        String name = artifact + "-" + pom("/project/version").get(0);
        assertThat(pom("//profile[id='karaf']//karaf.folder")).containsExactly("${project.build.directory}/karaf");
        String features = pom("//profile[id='karaf']//features.file").get(0);
        String kar =
                pom("//plugin[artifactId='karaf-maven-plugin']//classifier").get(0);
        String bom = pom("//plugin[artifactId='cyclonedx-maven-plugin']//outputFormat")
                .get(0);
        String libraries =
                pom("//execution[id='copy-libraries']//outputDirectory").get(0);
        return Stream.of(
                        "target/" + name + ".jar",
                        "target/" + name + "-" + kar + ".kar",
                        "target/bom." + bom,
                        libraries + "/any.jar",
                        features.replace("${karaf.folder}", "target/karaf"),
                        "target/maven-archiver/pom.properties",
                        "target/surefire-reports/TEST-io.github.ldaudiences.karaf.BundleKarafTest.xml",
                        "target/surefire-reports/io.github.ldaudiences.karaf.BundleKarafTest-output.txt")
                .map(path -> path.replace("${project.build.directory}", "target")
                        .replace("${project.build.finalName}", name))
                .map(Path::of)
                .toList();
    }

    @Test
    void everyProfileAndEveryTestThatMavenIsGivenExists() throws Exception {
        List<String> profiles = options("-P(\\S+)");
        assertThat(profiles).isNotEmpty();
        assertThat(pom("//profile/id")).containsAll(profiles);
        List<String> tests = options("-Dtest='([^']+)'");
        assertThat(tests).isNotEmpty();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            List<Path> names = files.map(Path::getFileName).toList();
            assertThat(tests).allSatisfy(test -> assertThat(names)
                    .anyMatch(FileSystems.getDefault().getPathMatcher("glob:" + test + ".java")::matches));
        }
    }

    @Test
    void theStageOfTheDockerfileThatTheTestedJarReplacesIsThere() throws IOException {
        List<String> contexts = options("--build-context (\\w+)=");
        assertThat(contexts).containsExactly("build");
        assertThat(Files.readString(Path.of("docker/Dockerfile")))
                .contains(" AS build\n")
                .contains("COPY --from=build /build/target/lib lib")
                .contains("COPY --from=build /build/target/launchdarkly-audiences-camel-*.jar app.jar");
        assertThat(new File(".ci/run")).isFile().satisfies(file -> assertThat(file.canExecute())
                .isTrue());
    }

    private List<String> options(String pattern) {
        return scripts.stream()
                .flatMap(
                        script -> Pattern.compile(pattern).matcher(text(script)).results())
                .map(result -> result.group(1))
                .toList();
    }

    private static String text(Call script) {
        return script.arguments().get(0).toString();
    }

    private static List<String> pom(String path) throws Exception {
        NodeList nodes = (NodeList) XPATH.evaluate(path, POM, XPathConstants.NODESET);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent().strip());
        }
        assertThat(texts).as(path).isNotEmpty();
        return texts;
    }

    private static Document parse() {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new File("pom.xml"));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
