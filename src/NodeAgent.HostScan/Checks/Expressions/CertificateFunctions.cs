// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.HostScan.Checks.Expressions;

/// <summary><c>certificates(document)</c>: every certificate that a document describes, wherever it stands there, each once, with times that can be compared with <c>now</c>.</summary>
/// <remarks>An entry has <c>key</c> (the subject), <c>value</c> (when it ends), <c>source</c> (the file) as evidence, and <c>begins</c> and <c>ends</c> as timestamps.</remarks>
internal static class CertificateFunctions
{
    private const int MaxDepth = 16;

    private static readonly CelValue Key = CelValue.Of("key");
    private static readonly CelValue Value = CelValue.Of("value");
    private static readonly CelValue Source = CelValue.Of("source");
    private static readonly CelValue Begins = CelValue.Of("begins");
    private static readonly CelValue Ends = CelValue.Of("ends");

    public static void Declare(CelEnvironmentBuilder to) => to.Function("certificates", CelType.List(CelType.Dyn), [CelType.Dyn], (context, arguments) =>
    {
        var found = new SortedDictionary<(string Path, string Subject, string Ends), CelValue>();
        return TryGather(arguments[0], MaxDepth, found) ? CelValue.Of(CelList.Of([.. found.Values])) : context.Fail(CelFault.BadArgument, "a certificate does not say when it ends");
    });

    private static bool TryGather(in CelValue value, int depth, SortedDictionary<(string Path, string Subject, string Ends), CelValue> found)
    {
        if (depth == 0)
        {
            return true;
        }

        if (value.Kind == CelKind.List)
        {
            for (int i = 0; i < value.List.Count; i++)
            {
                if (!TryGather(value.List[i], depth - 1, found))
                {
                    return false;
                }
            }
        }
        else if (value.Kind == CelKind.Map)
        {
            if (FileFunctions.TryMember(value, "certificates", out CelValue certificates) && certificates.Kind == CelKind.List && FileFunctions.TryMember(value, "path", out CelValue path))
            {
                return TryAdd(certificates.List, path, found);
            }

            for (int i = 0; i < value.Map.Count; i++)
            {
                if (!TryGather(value.Map.ValueAt(i), depth - 1, found))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool TryAdd(CelList certificates, in CelValue path, SortedDictionary<(string Path, string Subject, string Ends), CelValue> found)
    {
        for (int i = 0; i < certificates.Count; i++)
        {
            CelValue certificate = certificates[i];
            if (Text(certificate, "notAfter") is not { } ends || Text(certificate, "notBefore") is not { } begins || !TryTime(ends, out CelValue end) || !TryTime(begins, out CelValue begin))
            {
                return false;
            }

            string subject = Text(certificate, "subject") ?? string.Empty;
            found[(path.Text.ToString(), subject, ends)] = CelValue.Of(CelMap.Of(
            [
                new(Key, CelValue.Of(subject)), new(Value, CelValue.Of(ends)), new(Source, path), new(Begins, begin), new(Ends, end),
            ]));
        }

        return true;
    }

    private static string? Text(in CelValue of, string member) => FileFunctions.TryMember(of, member, out CelValue found) && found.Kind == CelKind.String ? found.Text.ToString() : null;

    private static bool TryTime(string text, out CelValue time)
    {
        bool isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed);
        time = CelValue.Of(new CelTimestamp(parsed.ToUnixTimeSeconds(), 0));
        return isTime;
    }
}
