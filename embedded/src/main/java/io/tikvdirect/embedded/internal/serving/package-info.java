/** gRPC serving over grpc-java: servers, calls, and the way of a request through the fault plan. */
@NullMarked
package io.tikvdirect.embedded.internal.serving;

import org.jspecify.annotations.NullMarked;
