/**
 * The front door: opening a client, its configuration, the values it speaks in and the failures it reports.
 *
 * <p>Everything here is made of JDK types only.
 */
@NullMarked
package io.tikvdirect.client;

import org.jspecify.annotations.NullMarked;
