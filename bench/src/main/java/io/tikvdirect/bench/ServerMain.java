package io.tikvdirect.bench;

import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.IOException;

/** The server side of {@link ServerProcess}: serves until its standard input ends, so that it never outlives its parent. */
final class ServerMain {
    private ServerMain() {}

    @SuppressWarnings("SystemOut") // the line its parent waits for
    public static void main(String[] args) throws IOException {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().stores(1).start()) {
            System.out.println("ready pd=" + String.join(",", cluster.pdAddresses()));
            while (System.in.read() >= 0) {
                // nothing to do with what is sent
            }
        }
    }
}
