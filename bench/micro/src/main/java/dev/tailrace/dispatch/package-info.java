/** What is measured of the dispatcher and only its own package sees. */
package dev.tailrace.dispatch;
