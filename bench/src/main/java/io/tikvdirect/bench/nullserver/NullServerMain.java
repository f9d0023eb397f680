package io.tikvdirect.bench.nullserver;

import java.io.IOException;

/**
 * One thread. The null server as a process: {@code [keys [valueSize [regions [stores [bulkValueSize [loops]]]]]]}. Prints {@code
 * ready pd=HOST:PORT} and serves until its standard input ends, so that it never outlives its parent.
 */
public final class NullServerMain {
    private NullServerMain() {}

    /**
     * Serves.
     *
     * @param args numbers in the order above
     * @throws IOException when standard input breaks
     */
    @SuppressWarnings("SystemOut") // the line its parent waits for
    public static void main(String[] args) throws IOException {
        NullSettings settings = new NullSettings(
                number(args, 0, 100_000),
                number(args, 1, 64),
                number(args, 4, 0),
                number(args, 2, 1),
                number(args, 3, 1));
        try (NullServer server = NullServer.start(settings, number(args, 5, 1))) {
            System.out.println("ready pd=" + server.pdAddress());
            while (System.in.read() >= 0) {
                // nothing to do with what is sent
            }
        }
    }

    private static int number(String[] args, int index, int otherwise) {
        return args.length > index ? Integer.parseInt(args[index]) : otherwise;
    }
}
