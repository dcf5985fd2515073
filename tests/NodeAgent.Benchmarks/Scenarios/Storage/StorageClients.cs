// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Http.Headers;
using NodeAgent.Benchmarks.Harness.Stores;

namespace NodeAgent.Benchmarks.Scenarios.Storage;

/// <summary>What clients of a storage do, one request or many.</summary>
internal static class StorageClients
{
    /// <summary>What a client accepts that wants metadata only.</summary>
    public const string MetadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

    /// <summary>A GET over HTTP/2: the client's defaults are not for requests that are made apart.</summary>
    /// <param name="query">Of the collection; begins with <c>?</c>.</param>
    public static HttpRequestMessage Get(string query, string accept)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, StoredProfiles.Collection + query) { Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Accept.ParseAdd(accept);
        return request;
    }

    /// <exception cref="InvalidOperationException">It was not taken.</exception>
    public static async Task CreateAsync(HttpClient client, byte[] json)
    {
        using var body = new ByteArrayContent(json);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage answer = await client.PostAsync(new Uri(StoredProfiles.Collection, UriKind.Relative), body).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync().ConfigureAwait(false)}");
        }
    }

    /// <summary>So many clients that each do one thing after the other.</summary>
    /// <param name="act">Of the client of that number, again and again.</param>
    /// <returns>Units: things a second.</returns>
    public static async Task<double> RateAsync(int clients, TimeSpan duration, Func<int, Task> act)
    {
        long start = Stopwatch.GetTimestamp();
        int[] counts = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            int count = 0;
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                await act(client).ConfigureAwait(false);
                count++;
            }

            return count;
        }))).ConfigureAwait(false);
        return counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Reads a list to its end, page by page, and keeps nothing.</summary>
    /// <returns>Units: bytes.</returns>
    public static async Task<long> ListAsync(HttpClient client, string query, string accept)
    {
        using HttpRequestMessage request = Get(query, accept);
        using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        Stream stream = await answer.Content.ReadAsStreamAsync().ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            byte[] buffer = new byte[64 << 10];
            long total = 0;
            while (await stream.ReadAsync(buffer).ConfigureAwait(false) is > 0 and int read)
            {
                total += read;
            }

            return total;
        }
    }
}
