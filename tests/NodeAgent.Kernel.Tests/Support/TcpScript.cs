// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Events.Wire;

namespace NodeAgent.Kernel.Tests.Support;

/// <summary>What a client and a server say to each other over loopback, in a network namespace of their own, and what was told of it.</summary>
internal static class TcpScript
{
    public static bool IsOutbound(CapturedPayload payload) => payload.Record.Direction == FlowDirection.Outbound;

    public static string Text(CapturedPayload payload) => Encoding.Latin1.GetString(payload.Payload);

    public static CapturedPayload[] Of(KernelWatch watch, Workload workload, PayloadProtocol protocol = PayloadProtocol.None) =>
        [.. watch.Events.Payloads.Where(payload => payload.Record.NetNs == (uint)workload.Number("net_ns")
            && (protocol == PayloadProtocol.None || payload.Record.Protocol == protocol))];

    /// <summary>What is told when the connection ends, which can be after its processes did.</summary>
    public static CapturedPayload[] ToldAtLast(KernelWatch watch, Workload workload, int count)
    {
        watch.WaitUntil(() => Of(watch, workload).Length >= count, $"{count} messages");
        return Of(watch, workload);
    }

    /// <param name="script">Who ('c' or 's') writes what: each a segment of its own, one character for each byte.</param>
    public static Workload Play(KernelWatch watch, string mode, params (char Who, string Bytes)[] script) => Play(watch, mode, 0, script);

    /// <param name="port">The server's; 0 = any.</param>
    public static Workload Play(KernelWatch watch, string mode, int port, params (char Who, string Bytes)[] script)
    {
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream file = File.OpenWrite(path))
            {
                foreach ((char who, string bytes) in script)
                {
                    file.Write([(byte)who, (byte)(bytes.Length >> 8), (byte)bytes.Length, .. Encoding.Latin1.GetBytes(bytes)]);
                }
            }

            return watch.Run("tcp_script", mode, path, port.ToString(CultureInfo.InvariantCulture));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The same bytes in segments of so many.</summary>
    public static (char Who, string Bytes)[] InPieces(char who, string bytes, int size) =>
        [.. bytes.Chunk(size).Select(piece => (who, new string(piece)))];
}
