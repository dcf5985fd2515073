// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Spooling;

/// <summary>An alert as the spool gives it back.</summary>
/// <param name="Number">Its place in the order of this sink.</param>
/// <param name="UnixMs">When it was spooled.</param>
/// <param name="Line">Shape: one JSON object in UTF-8 and the <c>\n</c> that ends it.</param>
internal readonly record struct SpooledAlert(ulong Number, long UnixMs, byte[] Line);
