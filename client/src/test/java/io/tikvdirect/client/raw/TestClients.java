package io.tikvdirect.client.raw;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Stateless. What the tests of the raw faces share. */
final class TestClients {

    private TestClients() {}

    static TikvClient open(EmbeddedCluster cluster, String... options) {
        var builder = Config.builder()
                .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                .set("timeout", "20s")
                .set("loops", "1")
                .set("transport", "nio");
        for (int i = 0; i < options.length; i += 2) {
            builder.set(options[i], options[i + 1]);
        }
        return TikvClient.open(builder.build());
    }

    /** A port where nobody listens, and that nobody else gets as long as the socket is open. */
    static Socket boundButDeaf() throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return socket;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Runs an action inside a direct callback, which is always called by an event loop. */
    static void onALoop(DirectRawClient direct, Runnable action) {
        KeyBuffer key = new KeyBuffer();
        key.append(bytes("k"));
        direct.get(key, 0, 1, 0, new DirectCallback() {
            @Override
            public void onCompleted(long correlationId, ResultView view) {
                action.run();
            }

            @Override
            public void onFailed(long correlationId, TikvException failure) {
                action.run();
            }
        });
    }
}
