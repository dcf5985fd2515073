// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Events.Http;

namespace NodeAgent.Events.Tests.Http;

public sealed class HttpFuzzTests
{
    private const string TokenCharacters = "!#$%&'*+-.^_`|~09azAZ";
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(5000);
    private static readonly byte[] Valid = "GET /a?b HTTP/1.1\r\nHost: x.test\r\nAccept: */*\r\nX: \xe4\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"u8.ToArray();

    [Fact]
    public void Reading_RandomBytes_EndsWithoutThrowing() =>
        Check.One(Many, Prop.ForAll<byte[]>(bytes => Walk(bytes)));

    [Fact]
    public void Reading_BytesOfWhichHttpIsMade_EndsWithoutThrowing() =>
        Check.One(Many, Prop.ForAll<byte[]>(bytes => Walk([.. bytes.SelectMany(b => (byte[])((b % 8) switch
        {
            0 => [13, 10],
            1 => [32],
            2 => [(byte)':'],
            3 => [.. "HTTP/1.1"u8],
            4 => [.. "GET /"u8],
            5 => [10],
            _ => [b],
        }))])));

    [Fact]
    public void Reading_ValidMessageWithFlippedBitsAndCuts_EndsWithoutThrowing() =>
        Check.One(Many, Prop.ForAll<int[], int>((flips, cut) =>
        {
            byte[] message = [.. Valid];
            foreach (int flip in flips)
            {
                uint bit = (uint)flip * 2654435761u % (uint)(message.Length * 8);
                message[bit / 8] ^= (byte)(1 << (int)(bit % 8));
            }

            return Walk(message[..(int)((uint)cut % (message.Length + 1))]);
        }));

    [Fact]
    public void Writing_ThenReading_GivesTheSame() =>
        Check.One(Many, Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            string method = Pick(random, TokenCharacters, 1, 12);
            string path = "/" + Pick(random, "abc/%20~\xff(\"", 0, 40);
            string host = Pick(random, "ab.:1-", 1, 20);
            string[] names = [.. Enumerable.Range(0, random.Next(5)).Select(at => "X" + Pick(random, TokenCharacters, 0, 10))];
            string end = random.Next(2) == 0 ? "\r\n" : "\n";
            byte[] message = Encoding.Latin1.GetBytes($"{method} {path} HTTP/1.{random.Next(10)}{end}"
                + string.Concat(names.Select(name => $"{name}:{new string(' ', random.Next(3))}v{end}")) + $"Host: {host}{end}{end}");
            return HttpRequestHead.TryRead(message, out HttpRequestHead head)
                && Encoding.Latin1.GetString(head.Method) == method
                && (method == "CONNECT" || Encoding.Latin1.GetString(head.Path) == path)
                && (method == "CONNECT" || Encoding.Latin1.GetString(head.Host) == host)
                && !head.IsTruncated && head.Size == message.Length;
        }));

    private static string Pick(Random random, string from, int least, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => from[random.Next(from.Length)]));

    private static bool Walk(byte[] bytes)
    {
        bool inside = !HttpRequestHead.TryRead(bytes, out HttpRequestHead head)
            || (head.Size >= 0 && head.Size <= bytes.Length && head.Path.Length <= bytes.Length && head.Host.Length <= bytes.Length);
        var request = new HttpMessageReader(bytes);
        var response = new HttpMessageReader(bytes);
        return inside
            && End(ref request, request.ReadRequestLine(out _), bytes.Length)
            && End(ref response, response.ReadStatusLine(out _), bytes.Length);
    }

    private static bool End(ref HttpMessageReader reader, HttpReadResult result, int size)
    {
        while (result == HttpReadResult.Ok)
        {
            result = reader.ReadHeader(out HttpHeader header);
            if (header.Name.Length + header.Value.Length > size)
            {
                return false;
            }
        }

        return reader.Position <= size && reader.ReadHeader(out _) == result;
    }
}
