// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using NodeAgent.Api.Meta;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Kubernetes.Tests.Requests;

public sealed class RetryAfterTests
{
    [Theory]
    [InlineData("7", null, 7)]
    [InlineData("86400", null, 300)]
    [InlineData("Sat, 21 Nov 2026 10:00:30 GMT", "Sat, 21 Nov 2026 10:00:00 GMT", 30)] // by the server's clock, whatever ours says
    [InlineData("Sat, 21 Nov 2026 10:00:00 GMT", "Sat, 21 Nov 2026 10:00:30 GMT", 0)]
    [InlineData("Sat, 21 Nov 2026 10:00:00 GMT", null, null)]
    [InlineData(null, null, null)]
    public void Of_Header_SecondsBounded(string? header, string? date, int? expected)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        HttpResponseHeaders headers = response.Headers;
        if (header is not null)
        {
            headers.TryAddWithoutValidation("Retry-After", header);
        }

        if (date is not null)
        {
            headers.TryAddWithoutValidation("Date", date);
        }

        Assert.Equal(expected, (int?)RetryAfter.Of(headers, null)?.TotalSeconds);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(-4, 0)]
    [InlineData(int.MaxValue, 300)]
    public void Of_Status_SecondsBounded(int seconds, int expected)
    {
        using var response = new HttpResponseMessage();
        var status = new Status { Details = new StatusDetails { RetryAfterSeconds = seconds } };

        Assert.Equal(expected, RetryAfter.Of(response.Headers, status)!.Value.TotalSeconds);
    }

    [Fact]
    public void Backoff_Pauses_DoubleAreScatteredAndBounded()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), new Random(1));

        double[] pauses = [.. Enumerable.Range(0, 100).Select(_ => backoff.Next(null).TotalSeconds)];

        Assert.InRange(pauses[0], 0.5, 1);
        Assert.InRange(pauses[3], 4, 8);
        Assert.All(pauses[5..], pause => Assert.InRange(pause, 15, 30));
        Assert.True(pauses[5..].Distinct().Count() > 90);
        Assert.InRange(backoff.Next(TimeSpan.FromSeconds(60)).TotalSeconds, 60, 61);
        backoff.Reset();
        Assert.InRange(backoff.Next(null).TotalSeconds, 0.5, 1);
    }
}
