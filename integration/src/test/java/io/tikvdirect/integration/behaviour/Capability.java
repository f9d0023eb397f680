package io.tikvdirect.integration.behaviour;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Which capability of the parity table a test shows, and what the server must be able to do for it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Capability {
    /** Ids of the parity table, such as {@code RAW-01}. */
    String[] value();

    /** Features of the server that the test needs beside {@link ServerFeature#RAW_BASICS}. */
    ServerFeature[] needs() default {};
}
