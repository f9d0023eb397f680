package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.internal.data.RawSpace.ColumnFamily;
import io.tikvdirect.embedded.internal.topology.Keys;
import io.tikvdirect.proto.kvrpcpb.APIVersion;
import io.tikvdirect.proto.kvrpcpb.Context;

/**
 * Immutable. What a store asks of a raw request before it looks for the region: API version, mode byte, column family,
 * key size, time to live.
 */
final class RawRules {
    /** TiKV's default {@code storage.max-key-size}. */
    static final int MAX_KEY_BYTES = 8192;

    private static final byte RAW_MODE = 'r';

    private final EmbeddedApiVersion apiVersion;

    RawRules(EmbeddedApiVersion apiVersion) {
        this.apiVersion = apiVersion;
    }

    void requireApiVersion(String command, Context context) throws CommandErrorException {
        if (context.getApiVersion() != apiVersion.acceptedInRequests()) {
            String request = name(context.getApiVersion());
            throw new CommandErrorException(
                    "Api version in request does not match with TiKV storage, cmd: " + command + ", storage: "
                            + apiVersion.serverName() + ", request: " + request,
                    "ApiVersionNotMatched { cmd: " + command + ", storage_api_version: " + apiVersion.serverName()
                            + ", req_api_version: " + request + " }");
        }
    }

    void requireRawKey(String command, ByteString key) throws CommandErrorException {
        if (apiVersion == EmbeddedApiVersion.V2 && !isRaw(key)) {
            throw wrongMode(command, "InvalidKeyMode", "key: " + Keys.hex(key.toByteArray()));
        }
    }

    /** A range on V2 begins with the raw mode byte and ends with it or right behind it; it can't be without end. */
    void requireRawRange(String command, ByteString start, ByteString end) throws CommandErrorException {
        if (apiVersion != EmbeddedApiVersion.V2) {
            return;
        }
        boolean endsInMode = isRaw(end) || (end.size() == 1 && end.byteAt(0) == RAW_MODE + 1);
        if (!isRaw(start) || !endsInMode) {
            throw wrongMode(
                    command,
                    "InvalidKeyRangeMode",
                    "range: [" + Keys.hex(start.toByteArray()) + ", " + Keys.hex(end.toByteArray()) + ")");
        }
    }

    ColumnFamily columnFamily(String name) throws CommandErrorException {
        if (apiVersion == EmbeddedApiVersion.V2 && !name.isEmpty()) {
            throw new CommandErrorException(
                    "cf is deprecated in API V2, cf name: " + name, "CfDeprecated(\"" + name + "\")");
        }
        return switch (name) {
            case "", "default" -> ColumnFamily.DEFAULT;
            case "lock" -> ColumnFamily.LOCK;
            case "write" -> ColumnFamily.WRITE;
            default -> throw new CommandErrorException("invalid cf name: " + name, "InvalidCf(\"" + name + "\")");
        };
    }

    /** Atomic writes take keys of any size (storage/mod.rs, {@code raw_batch_put_atomic}). */
    void requireKeySize(ByteString key, boolean atomic) throws CommandErrorException {
        if (key.size() > MAX_KEY_BYTES && !atomic) {
            throw new CommandErrorException("max key size exceeded, size: " + key.size() + ", limit: " + MAX_KEY_BYTES);
        }
    }

    void requireTtlAllowed(long ttl) throws CommandErrorException {
        if (ttl != 0 && !apiVersion.hasTtl()) {
            throw new CommandErrorException("ttl is not enabled, but get put request with ttl");
        }
    }

    boolean hasTtl() {
        return apiVersion.hasTtl();
    }

    /** A real server without time to live ends its process here. */
    void requireTtlServer() throws CommandErrorException {
        if (!apiVersion.hasTtl()) {
            throw new CommandErrorException("ttl is not enabled on this store");
        }
    }

    private static boolean isRaw(ByteString key) {
        return !key.isEmpty() && key.byteAt(0) == RAW_MODE;
    }

    private CommandErrorException wrongMode(String command, String variant, String what) {
        String storage = apiVersion.serverName();
        return new CommandErrorException(
                "Key mode mismatched with the request mode, cmd: " + command + ", storage: " + storage + ", " + what,
                variant + " { cmd: " + command + ", storage_api_version: " + storage + ", " + what + " }");
    }

    private static String name(APIVersion version) {
        return version == APIVersion.V1TTL ? "V1ttl" : version.name();
    }
}
