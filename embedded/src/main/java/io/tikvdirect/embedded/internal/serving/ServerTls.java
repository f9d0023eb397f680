package io.tikvdirect.embedded.internal.serving;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. How a server proves who it is, in PEM files, which are read at each start.
 *
 * @param certificates its certificate chain
 * @param privateKey its private key, PKCS#8
 * @param clientAuthorities certificates that sign those of the clients, who then need one; null lets everybody in
 */
public record ServerTls(Path certificates, Path privateKey, @Nullable Path clientAuthorities) {

    ServerCredentials credentials() throws IOException {
        TlsServerCredentials.Builder builder =
                TlsServerCredentials.newBuilder().keyManager(certificates.toFile(), privateKey.toFile());
        if (clientAuthorities != null) {
            builder.trustManager(clientAuthorities.toFile()).clientAuth(ClientAuth.REQUIRE);
        }
        return builder.build();
    }
}
