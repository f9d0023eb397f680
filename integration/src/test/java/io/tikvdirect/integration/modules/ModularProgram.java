package io.tikvdirect.integration.modules;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Confined to its caller. A program of a user: a named module of its own, compiled and run on the module path. */
final class ModularProgram {

    private static final long RUN_SECONDS = 300;

    /** What a user of the client gets from Maven, by how the files are called; the module path has nothing else. */
    private static final List<String> USERS_ARTIFACTS = List.of(
            "tikv-direct-(client|codec|proto|netty-transport)-[^/]*(?<!tests)\\.jar",
            "netty-(?!.*shaded).*\\.jar",
            "agrona-.*\\.jar",
            "jctools-core-.*\\.jar",
            "HdrHistogram-.*\\.jar",
            "slf4j-api-.*\\.jar",
            "protobuf-java-\\d.*\\.jar");

    private final Path sources;
    private final Path classes;

    ModularProgram(Path directory) {
        this.sources = directory.resolve("src");
        this.classes = directory.resolve("classes");
    }

    /** The client and what it needs; in a build that stops before packaging, its modules are folders of classes. */
    static List<Path> modulePath() {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(classPath.split(File.pathSeparator))
                .map(Path::of)
                .filter(ModularProgram::isForUsers)
                .toList();
    }

    private static boolean isForUsers(Path entry) {
        if (Files.isDirectory(entry)) {
            return Files.exists(entry.resolve("module-info.class"));
        }
        String name = String.valueOf(entry.getFileName());
        return USERS_ARTIFACTS.stream().anyMatch(name::matches);
    }

    private static String joinedModulePath() {
        return modulePath().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** Compiles the files, named by their paths in the module; gives the compiler's errors. */
    List<String> compile(Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = sources.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(messages, null, null)) {
            List<String> options =
                    List.of("--release", "17", "--module-path", joinedModulePath(), "-d", classes.toString());
            var units = manager.getJavaFileObjectsFromPaths(
                    files.keySet().stream().map(sources::resolve).toList());
            compiler.getTask(null, manager, messages, options, null, units).call();
        }
        return messages.getDiagnostics().stream()
                .filter(message -> message.getKind() == Diagnostic.Kind.ERROR)
                .map(message -> message.getMessage(null))
                .toList();
    }

    /** Runs what was compiled in a JVM without any flags; gives all it printed. */
    String run(String mainClass, String... arguments) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String modulePath = classes + File.pathSeparator + joinedModulePath();
        List<String> command = Stream.concat(
                        Stream.of(java, "--module-path", modulePath, "--module", mainClass), Stream.of(arguments))
                .toList();
        Path output = Files.createTempFile(classes, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = process.waitFor(RUN_SECONDS, TimeUnit.SECONDS);
            String printed = Files.readString(output);
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError((ended ? "exit code " + process.exitValue() : "no end") + ": " + printed);
            }
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }
}
