package io.tikvdirect.cli.load;

import io.tikvdirect.cli.text.EscapedBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Immutable. What tells whether a file is still the one of which a part was loaded.
 *
 * @param size bytes
 * @param modifiedMs time of its last change, milliseconds since 1970
 * @param headHash SHA-256 of its first {@value #HEAD_BYTES} bytes, in hexadecimal
 */
record FileIdentity(long size, long modifiedMs, String headHash) {
    private static final int HEAD_BYTES = 64 * 1024;

    static FileIdentity of(Path file) throws IOException {
        return new FileIdentity(
                Files.size(file), Files.getLastModifiedTime(file).toMillis(), hashOfHead(file));
    }

    private static String hashOfHead(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return EscapedBytes.hex(MessageDigest.getInstance("SHA-256").digest(in.readNBytes(HEAD_BYTES)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
