package io.tikvdirect.embedded;

import com.google.protobuf.Message;

/**
 * Immutable. Where a fault rule is asked: one request at one server.
 *
 * @param rpc the method's name, such as {@code RawGet}, also for a request inside of a BatchCommands message
 * @param storeId the store asked, 0 = PD
 * @param regionId the region of the request's context, 0 = it names none
 * @param request the request
 */
public record FaultSite(String rpc, long storeId, long regionId, Message request) {}
