// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace NodeAgent.Interop.Logging;

internal static partial class Log
{
    [LoggerMessage(EventId = 1000, Message = "libbpf: {Line}")]
    internal static partial void Libbpf(ILogger logger, LogLevel level, string line);
}
