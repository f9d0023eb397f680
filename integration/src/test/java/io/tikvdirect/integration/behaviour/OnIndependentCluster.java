package io.tikvdirect.integration.behaviour;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs with {@code -Pintegration} on clusters the tests start themselves: without {@code PD_ADDRS}, and with Go. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(IndependentClusterCondition.class)
public @interface OnIndependentCluster {}
