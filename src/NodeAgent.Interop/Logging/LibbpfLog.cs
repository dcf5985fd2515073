// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Logging;

/// <summary>Routes libbpf's log to an <see cref="ILogger"/>. Static because libbpf's own hook is one per process.</summary>
public static class LibbpfLog
{
    private static ILogger _logger = NullLogger.Instance;

    [ThreadStatic]
    private static StringBuilder? _captured;

    /// <summary>From now on libbpf's warnings, information and debug lines go to Warning, Information and Trace.</summary>
    public static void RouteTo(ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(logger);
        Volatile.Write(ref _logger, logger);
        Hook();
    }

    /// <summary>Collects this thread's warnings until <see cref="EndCapture"/>: they explain the exception that follows, so they are logged as Debug only.</summary>
    internal static void BeginCapture()
    {
        Hook();
        _captured = new StringBuilder();
    }

    internal static string EndCapture()
    {
        string text = _captured?.ToString() ?? string.Empty;
        _captured = null;
        return text;
    }

    // Without it libbpf writes to stderr. Setting it twice is harmless.
    private static unsafe void Hook() => NativeMethods.SetLog(&OnLine);

    [UnmanagedCallersOnly]
    private static unsafe void OnLine(int nativeLevel, byte* text, int length)
    {
        try
        {
            LogLevel level = nativeLevel switch { 0 => LogLevel.Warning, 1 => LogLevel.Information, _ => LogLevel.Trace };
            StringBuilder? captured = level == LogLevel.Warning ? _captured : null;
            ILogger logger = Volatile.Read(ref _logger);
            level = captured is null ? level : LogLevel.Debug;
            if (captured is null && !logger.IsEnabled(level))
            {
                return;
            }

            string line = Encoding.UTF8.GetString(text, length).Trim();
            captured?.Append(line).Append('\n');
            Log.Libbpf(logger, level, line);
        }
#pragma warning disable CA1031 // an exception that left this method would end the process: it returns into C
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }
}
