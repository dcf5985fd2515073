// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Text;
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Rules.Expressions;

/// <summary>The event's process: <c>parse.</c> and <c>process.</c></summary>
/// <remarks>
/// Its environment is what the kernel told at the exec: the variables of the setting <c>bpf.environmentNames</c>. Nothing is read from /proc, whose
/// answer may be another process's by then, and may let the reader wait.
/// </remarks>
internal static class ProcessFunctions
{
    // Units: bytes. What is longer is no argument of a process.
    private const int LongestBase64 = 128 << 10;

    private static readonly byte[][] Hooks = ["LD_PRELOAD="u8.ToArray(), "LD_LIBRARY_PATH="u8.ToArray(), "LD_AUDIT="u8.ToArray()];

    public static void Declare(CelEnvironmentBuilder to, EventScope scope)
    {
        CelType arguments = CelType.List(CelType.String);
        to.Function("parse.get_exec_path", CelType.String, [arguments, CelType.String], (_, a) => CelValue.Of(PathOf(scope, a[0].List, a[1].Text, default)));
        to.Function("parse.get_exec_path", CelType.String, [arguments, CelType.String, CelType.String], (_, a) => CelValue.Of(PathOf(scope, a[0].List, a[1].Text, a[2].Text)));
        to.Function("parse.base64", CelType.String, [CelType.String], (_, a) => CelValue.Of(Decoded(a[0].Text.Span)));
        foreach (CelType pid in (CelType[])[CelType.Int, CelType.Uint])
        {
            to.Function("process.get_ld_hook_var", CelType.String, [pid], (context, a) => IsOwn(context, scope, a[0]) ? CelValue.Of(HookOf(scope)) : default);
            to.Function("process.get_process_env", CelType.Map(CelType.String, CelType.String), [pid], (context, a) =>
                IsOwn(context, scope, a[0]) ? CelValue.Of(EnvironmentOf(scope)) : default);
        }
    }

    // Not an error where it is none, unlike base64.decode: what stands in arguments is whatever somebody wrote.
    private static CelText Decoded(ReadOnlySpan<byte> text)
    {
        if (text.Length > LongestBase64)
        {
            return default;
        }

        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, decoded, out _, out int written) == OperationStatus.Done ? new CelText(decoded, 0, written) : default;
    }

    // What a profile holds is the path that the kernel resolved, so that is the path of the event's own arguments.
    private static CelText PathOf(EventScope scope, CelList arguments, CelText comm, CelText path) =>
        path.Length > 0 ? path
        : ReferenceEquals(arguments, scope.Event.Args) ? scope.Event.ExePath
        : arguments.Count > 0 && arguments[0].Text.Length > 0 ? arguments[0].Text
        : comm;

    private static bool IsOwn(CelContext context, EventScope scope, in CelValue pid)
    {
        if (pid.Int != scope.Event.Header.Pid)
        {
            context.Fail(CelFault.Host, "only the event's own process may be asked for: event.pid");
            return false;
        }

        return true;
    }

    private static CelText HookOf(EventScope scope)
    {
        ArgumentList environment = scope.Event.Environment;
        for (int i = 0; i < environment.Count; i++)
        {
            CelText variable = environment[i].Text;
            foreach (byte[] hook in Hooks)
            {
                if (variable.Length > hook.Length && variable.Span.StartsWith(hook))
                {
                    return variable;
                }
            }
        }

        return default;
    }

    private static CelMap EnvironmentOf(EventScope scope)
    {
        var found = new Dictionary<CelText, CelText>();
        ArgumentList environment = scope.Event.Environment;
        for (int i = 0; i < environment.Count; i++)
        {
            CelText variable = environment[i].Text;
            int equals = variable.Span.IndexOf((byte)'=');
            if (equals > 0)
            {
                found.TryAdd(variable.Slice(0, equals), variable.Slice(equals + 1, variable.Length - equals - 1));
            }
        }

        return CelMap.Of(found.Select(pair => KeyValuePair.Create(CelValue.Of(pair.Key), CelValue.Of(pair.Value))));
    }
}
