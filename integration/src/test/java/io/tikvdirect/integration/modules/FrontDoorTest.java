package io.tikvdirect.integration.modules;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Users see the front door only: the module system lets them in there and nowhere else. */
@Isolated("programs with the default timeouts, in JVMs of their own")
class FrontDoorTest {

    private static final String MODULE = "module app { requires io.tikvdirect.client; }";

    private static final String PROGRAM =
            """
            package app;

            import io.tikvdirect.client.Config;
            import io.tikvdirect.client.TikvClient;
            import io.tikvdirect.client.TikvException;
            import io.tikvdirect.client.raw.DirectCallback;
            import io.tikvdirect.client.raw.RawClient;
            import io.tikvdirect.client.raw.ResultView;
            import io.tikvdirect.codec.buffer.KeyBuffer;
            import java.util.concurrent.CompletableFuture;

            public class App {
                public static void main(String[] arguments) throws Exception {
                    try (TikvClient client = TikvClient.open(Config.fromUri("tikv://" + arguments[0]))) {
                        RawClient raw = client.raw();
                        raw.put("k".getBytes(), "v".getBytes());
                        System.out.println("blocking " + new String(raw.get("k".getBytes())));
                        System.out.println("direct " + direct(raw).get());
                    }
                    System.out.println("named " + TikvClient.class.getModule().isNamed());
                    System.out.println("internal " + reachesInside());
                }

                private static CompletableFuture<Boolean> direct(RawClient raw) {
                    KeyBuffer key = new KeyBuffer();
                    key.append("k".getBytes());
                    CompletableFuture<Boolean> found = new CompletableFuture<>();
                    raw.direct().get(key, 0, 1, 7, new DirectCallback() {
                        @Override
                        public void onCompleted(long correlationId, ResultView view) {
                            found.complete(correlationId == 7);
                        }

                        @Override
                        public void onFailed(long correlationId, TikvException failure) {
                            found.completeExceptionally(failure);
                        }
                    });
                    return found;
                }

                private static String reachesInside() throws Exception {
                    Class<?> inside = Class.forName("io.tikvdirect.client.internal.ClientAssembly");
                    try {
                        inside.getMethod("open", Config.class).invoke(null, Config.fromUri("tikv://127.0.0.1:1"));
                        return "reached";
                    } catch (IllegalAccessException refused) {
                        return "refused";
                    }
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void aModularProgramUsesTheClientWithoutFlags() throws Exception {
        ModularProgram program = new ModularProgram(directory);
        assertThat(program.compile(Map.of("module-info.java", MODULE, "app/App.java", PROGRAM)))
                .isEmpty();
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start()) {
            assertThat(program.run("app/app.App", cluster.pdAddresses().get(0) + "?timeout=60s"))
                    .contains("blocking v", "direct true", "named true", "internal refused");
        }
    }

    @Test
    void theExampleOfTheReadmeRunsAndIsAsShortAsItSays() throws Exception {
        String example = exampleOfTheReadme();
        assertThat(example.lines().count()).isLessThanOrEqualTo(25);
        ModularProgram program = new ModularProgram(directory);
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start()) {
            // a cold JVM on a busy machine may take longer than the example allows
            String source = "package app; "
                    + example.replace("127.0.0.1:2379", cluster.pdAddresses().get(0))
                            .replace("timeout=2s", "timeout=60s");
            assertThat(program.compile(Map.of("module-info.java", MODULE, "app/QuickStart.java", source)))
                    .isEmpty();
            assertThat(program.run("app/app.QuickStart"))
                    .contains("green", "fruit/apple = green", "fruit/pear = yellow");
        }
    }

    private static String exampleOfTheReadme() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        int start = readme.indexOf("```java\n") + "```java\n".length();
        return readme.substring(start, readme.indexOf("```", start));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.tikvdirect.client.internal.ClientAssembly",
                "io.tikvdirect.client.internal.region.RegionCache",
                "io.tikvdirect.client.internal.store.OperationPool",
                "io.tikvdirect.codec.kv.ContextEncoder",
                "io.tikvdirect.codec.wire.WireWriter",
                "io.tikvdirect.transport.GrpcConnection",
                "io.tikvdirect.proto.pdpb.Member",
            })
    void theCompilerRefusesWhatIsInside(String type) throws Exception {
        String source = "package app; class Intruder { " + type + " inside; }";
        List<String> errors =
                new ModularProgram(directory).compile(Map.of("module-info.java", MODULE, "app/Intruder.java", source));
        String inside = type.substring(0, type.lastIndexOf('.'));
        assertThat(errors).hasSize(1).allMatch(error -> error.contains("package " + inside + " is not visible"));
    }

    @Test
    void theClientExportsItsFrontDoorOnly() {
        assertThat(openExports("io.tikvdirect.client"))
                .containsExactlyInAnyOrder(
                        "io.tikvdirect.client", "io.tikvdirect.client.raw", "io.tikvdirect.client.txn");
        assertThat(openExports("io.tikvdirect.codec")).containsExactly("io.tikvdirect.codec.buffer");
    }

    @Test
    void onlyBuffersComeAlongWithTheClient() {
        Set<String> along = descriptor("io.tikvdirect.client").requires().stream()
                .filter(required -> required.modifiers().contains(Requires.Modifier.TRANSITIVE))
                .map(Requires::name)
                .collect(Collectors.toSet());
        assertThat(along).containsExactly("io.tikvdirect.codec");
    }

    private static Set<String> openExports(String module) {
        return descriptor(module).exports().stream()
                .filter(exported -> !exported.isQualified())
                .map(Exports::source)
                .collect(Collectors.toSet());
    }

    private static ModuleDescriptor descriptor(String name) {
        Path[] modulePath = ModularProgram.modulePath().toArray(Path[]::new);
        ModuleDescriptor descriptor = ModuleFinder.of(modulePath)
                .find(name)
                .orElseThrow(() -> new AssertionError("no module " + name))
                .descriptor();
        assertThat(descriptor.isAutomatic()).isFalse();
        return descriptor;
    }
}
